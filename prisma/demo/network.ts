import type { OrganisationRole, PersonRole } from '../../src/access/actor.js';
import type { Product, Site } from '../../src/partners/records.js';

/** One organisation of the demo network, with all that it brings. */
export interface DemoOrganisation {
  readonly gln: string;
  readonly name: string;
  readonly role: OrganisationRole;
  readonly country: string;
  readonly companyPrefixes: readonly string[];
  readonly sites: readonly Omit<Site, 'id' | 'organisationId'>[];
  readonly people: readonly { readonly email: string; readonly name: string; readonly roles: readonly PersonRole[] }[];
  readonly products: readonly Omit<Product, 'organisationId'>[];
}

/** The password of everybody in the demo network. It is public: a demo installation holds nothing worth protecting. */
export const demoPassword = 'genuine-medicine';

/**
 * Two manufacturers, two distributors and three clinics in Kenya, Tanzania and Rwanda, and who oversees them. People and
 * companies are made up. All keys are under GS1 prefix 952, which GS1 keeps for demonstrations (GS1 GenSpecs 1.4.2).
 */
export const demoNetwork: readonly DemoOrganisation[] = [
  {
    gln: '9520001000003',
    name: 'Medicines Authority (demo)',
    role: 'regulator',
    country: 'KE',
    companyPrefixes: ['9520001'],
    sites: [
      {
        gln: '9520001001017',
        name: 'Head Office, Nairobi',
        address: 'Lenana Road, Nairobi',
        country: 'KE',
        latitude: -1.2921,
        longitude: 36.7856,
      },
    ],
    people: [
      { email: 'admin@authority.example', name: 'Wanjiku Kamau', roles: ['admin'] },
      { email: 'inspector@authority.example', name: 'Otieno Odhiambo', roles: ['responsible_person'] },
    ],
    products: [],
  },
  {
    gln: '9520002000002',
    name: 'Uwazi Audit (demo)',
    role: 'auditor',
    country: 'TZ',
    companyPrefixes: ['9520002'],
    sites: [
      {
        gln: '9520002001016',
        name: 'Office, Dar es Salaam',
        address: 'Samora Avenue, Dar es Salaam',
        country: 'TZ',
        latitude: -6.8161,
        longitude: 39.2894,
      },
    ],
    people: [{ email: 'auditor@uwazi.example', name: 'Neema Mushi', roles: ['admin', 'viewer'] }],
    products: [],
  },
  {
    gln: '9521001000000',
    name: 'Kilimani Pharma (demo)',
    role: 'manufacturer',
    country: 'KE',
    companyPrefixes: ['9521001'],
    sites: [
      {
        gln: '9521001001014',
        name: 'Factory, Athi River',
        address: 'Export Processing Zone, Athi River',
        country: 'KE',
        latitude: -1.4564,
        longitude: 36.9785,
      },
      {
        gln: '9521001001021',
        name: 'Warehouse, Nairobi',
        address: 'Enterprise Road, Nairobi',
        country: 'KE',
        latitude: -1.3106,
        longitude: 36.852,
      },
    ],
    people: [
      { email: 'admin@kilimani.example', name: 'Achieng Otieno', roles: ['admin'] },
      { email: 'operator@kilimani.example', name: 'Brian Mwangi', roles: ['operator'] },
      { email: 'quality@kilimani.example', name: 'Fatuma Hassan', roles: ['responsible_person'] },
    ],
    products: [
      {
        gtin: '09521001000017',
        name: 'Kilimox 500',
        commonName: 'amoxicillin',
        form: 'capsule',
        strength: '500 mg',
        packSize: 21,
        market: 'KE',
        storageConditions: 'Store below 30 °C in a dry place.',
        minCelsius: null,
        maxCelsius: 30,
      },
      {
        gtin: '09521001000024',
        name: 'Arteki 20/120',
        commonName: 'artemether and lumefantrine',
        form: 'dispersible tablet',
        strength: '20 mg/120 mg',
        packSize: 24,
        market: 'KE',
        storageConditions: 'Store below 30 °C, protected from light.',
        minCelsius: null,
        maxCelsius: 30,
      },
      {
        gtin: '09521001000031',
        name: 'Oxytokil',
        commonName: 'oxytocin',
        form: 'solution for injection',
        strength: '10 IU/ml',
        packSize: 10,
        market: 'KE',
        storageConditions: 'Store at 2 to 8 °C. Do not freeze.',
        minCelsius: 2,
        maxCelsius: 8,
      },
      {
        gtin: '09521001000048',
        name: 'Paraki 500',
        commonName: 'paracetamol',
        form: 'tablet',
        strength: '500 mg',
        packSize: 100,
        market: 'RW',
        storageConditions: 'Store below 30 °C.',
        minCelsius: null,
        maxCelsius: 30,
      },
    ],
  },
  {
    gln: '9521002000009',
    name: 'Usambara Laboratories (demo)',
    role: 'manufacturer',
    country: 'TZ',
    companyPrefixes: ['9521002'],
    sites: [
      {
        gln: '9521002001013',
        name: 'Factory, Tanga',
        address: 'Pongwe Industrial Area, Tanga',
        country: 'TZ',
        latitude: -5.13,
        longitude: 39.01,
      },
    ],
    people: [
      { email: 'admin@usambara.example', name: 'Rehema Juma', roles: ['admin'] },
      { email: 'operator@usambara.example', name: 'Emmanuel Massawe', roles: ['operator'] },
      { email: 'quality@usambara.example', name: 'Zawadi Mrema', roles: ['responsible_person'] },
    ],
    products: [
      {
        gtin: '09521002000016',
        name: 'Ceftrusa 1 g',
        commonName: 'ceftriaxone',
        form: 'powder for injection',
        strength: '1 g',
        packSize: 10,
        market: 'TZ',
        storageConditions: 'Store below 25 °C, protected from light.',
        minCelsius: null,
        maxCelsius: 25,
      },
      {
        gtin: '09521002000023',
        name: 'Insusa R',
        commonName: 'insulin human',
        form: 'solution for injection',
        strength: '100 IU/ml',
        packSize: 1,
        market: 'TZ',
        storageConditions: 'Store at 2 to 8 °C. Do not freeze.',
        minCelsius: 2,
        maxCelsius: 8,
      },
      {
        gtin: '09521002000030',
        name: 'Zinkusa 20',
        commonName: 'zinc sulfate',
        form: 'dispersible tablet',
        strength: '20 mg',
        packSize: 100,
        market: 'TZ',
        storageConditions: 'Store below 30 °C.',
        minCelsius: null,
        maxCelsius: 30,
      },
    ],
  },
  {
    gln: '9522001000007',
    name: 'Pwani Medical Stores (demo)',
    role: 'distributor',
    country: 'KE',
    companyPrefixes: ['9522001'],
    sites: [
      {
        gln: '9522001001011',
        name: 'Depot, Mombasa',
        address: 'Shimanzi, Mombasa',
        country: 'KE',
        latitude: -4.0505,
        longitude: 39.656,
      },
      {
        gln: '9522001001028',
        name: 'Depot, Nairobi',
        address: 'Mombasa Road, Nairobi',
        country: 'KE',
        latitude: -1.339,
        longitude: 36.89,
      },
    ],
    people: [
      { email: 'admin@pwani.example', name: 'Salim Bakari', roles: ['admin'] },
      { email: 'operator@pwani.example', name: 'Mercy Chebet', roles: ['operator'] },
      { email: 'quality@pwani.example', name: 'Daniel Mutua', roles: ['responsible_person'] },
    ],
    products: [],
  },
  {
    gln: '9522002000006',
    name: 'Ziwa Health Logistics (demo)',
    role: 'distributor',
    country: 'TZ',
    companyPrefixes: ['9522002'],
    sites: [
      {
        gln: '9522002001010',
        name: 'Depot, Mwanza',
        address: 'Nyakato, Mwanza',
        country: 'TZ',
        latitude: -2.5308,
        longitude: 32.9467,
      },
      {
        gln: '9522002001027',
        name: 'Depot, Kigali',
        address: 'Masoro, Kigali',
        country: 'RW',
        latitude: -1.9256,
        longitude: 30.165,
      },
    ],
    people: [
      { email: 'admin@ziwa.example', name: 'Grace Mbabazi', roles: ['admin'] },
      { email: 'operator@ziwa.example', name: 'Jean Habimana', roles: ['operator'] },
    ],
    products: [],
  },
  {
    gln: '9523001000004',
    name: 'Kibera Health Centre (demo)',
    role: 'clinic',
    country: 'KE',
    companyPrefixes: ['9523001'],
    sites: [
      {
        gln: '9523001001018',
        name: 'Pharmacy, Kibera',
        address: 'Kibera Drive, Nairobi',
        country: 'KE',
        latitude: -1.3133,
        longitude: 36.7876,
      },
    ],
    people: [
      { email: 'admin@kibera.example', name: 'Esther Njeri', roles: ['admin'] },
      { email: 'pharmacist@kibera.example', name: 'Amina Yusuf', roles: ['pharmacist'] },
      { email: 'viewer@kibera.example', name: 'Kevin Ouma', roles: ['viewer'] },
    ],
    products: [],
  },
  {
    gln: '9523002000003',
    name: 'Bagamoyo District Clinic (demo)',
    role: 'clinic',
    country: 'TZ',
    companyPrefixes: ['9523002'],
    sites: [
      {
        gln: '9523002001017',
        name: 'Pharmacy, Bagamoyo',
        address: 'India Street, Bagamoyo',
        country: 'TZ',
        latitude: -6.4423,
        longitude: 38.902,
      },
    ],
    people: [
      { email: 'admin@bagamoyo.example', name: 'Joseph Kimaro', roles: ['admin'] },
      { email: 'pharmacist@bagamoyo.example', name: 'Upendo Lema', roles: ['pharmacist'] },
    ],
    products: [],
  },
  {
    gln: '9523003000002',
    name: 'Huye Hill Clinic (demo)',
    role: 'clinic',
    country: 'RW',
    companyPrefixes: ['9523003'],
    sites: [
      {
        gln: '9523003001016',
        name: 'Pharmacy, Huye',
        address: 'Ngoma, Huye',
        country: 'RW',
        latitude: -2.5967,
        longitude: 29.7394,
      },
    ],
    people: [
      { email: 'admin@huye.example', name: 'Claudine Uwase', roles: ['admin'] },
      { email: 'pharmacist@huye.example', name: 'Eric Nshuti', roles: ['pharmacist'] },
    ],
    products: [],
  },
];
