export { CborError, type CborErrorCode, type CborMap, CborTag, type CborValue, encodeCbor } from './cbor.js';
export { type CborLimits, decodeCbor } from './decode.js';
