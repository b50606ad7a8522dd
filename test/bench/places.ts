/** Sites and people of the demo network that the rows act for. */
export const FACTORY = { site: '9521001001014', person: 'operator@kilimani.example', gtin: '09521001000017' };
export const DEPOT = { site: '9522001001011', person: 'operator@pwani.example' };
export const CLINIC = { site: '9523001001018', person: 'pharmacist@kibera.example' };
export const QUALITY = { person: 'quality@kilimani.example' };
export const REGULATOR = { person: 'inspector@authority.example' };
