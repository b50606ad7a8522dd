export { COMPACT_MEDIA_TYPE, formatCompactReceipt, parseCompactReceipt } from './compact.js';
export { joinParts, QR_25_M, splitParts } from './parts.js';
