import { equalBytes } from '../../bytes.js';
import { CborError, type CborValue, decodeCbor, encodeCbor } from '../../cbor/index.js';
import { ReceiptError } from '../errors.js';
import { formatReceipt, parseReceipt, type Receipt } from '../receipt.js';
import { packAnchor, unpackAnchor } from './compact-anchor.js';
import { packEvent, unpackEvent } from './compact-event.js';
import { packLog, unpackLog } from './compact-log.js';
import { HostileCbor } from './compact-reader.js';

/** docs/formats/receipt-compact.md. */
export const COMPACT_MEDIA_TYPE = 'application/vnd.halisi.receipt+cbor';
const VERSION = 1;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The compact form of a receipt: `[1, event, log, anchors]` in deterministic CBOR. Throws ReceiptError
 * (RECEIPT_MALFORMED) for a receipt that `parseReceipt` would refuse.
 */
export function formatCompactReceipt(receipt: Receipt): Uint8Array {
  return encode(parseReceipt(formatReceipt(receipt)));
}

function encode({ event, log, anchors }: Receipt): Uint8Array {
  const packed: CborValue = [VERSION, packEvent(event), packLog(log), anchors.map((anchor) => packAnchor(anchor, log))];
  return encodeCbor(packed);
}

/**
 * Reads the compact form. Throws ReceiptError, RECEIPT_MALFORMED or RECEIPT_VERSION, for anything but the one spelling
 * of a receipt. It is to be believed only as far as `checkReceipt` says.
 */
export function parseCompactReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length > MOST_BYTES) throw malformed(`A receipt has at most ${MOST_BYTES} bytes.`);
  try {
    const receipt = unpack(new HostileCbor(decodeCbor(bytes), ''));
    const checked = parseReceipt(formatReceipt(receipt));
    if (equalBytes(encode(checked), bytes)) return checked;
  } catch (error) {
    if (error instanceof CborError) throw malformed(error.message);
    throw error;
  }
  throw malformed('The receipt is not in its shortest form.');
}

function unpack(packed: HostileCbor): Receipt {
  const [version] = packed.list();
  if (version?.value !== VERSION) {
    throw new ReceiptError('RECEIPT_VERSION', `A compact receipt of version ${VERSION} was expected.`);
  }
  const [, event, log, anchors] = packed.list(4);
  const ofLog = unpackLog(log!);
  return {
    event: unpackEvent(event!),
    log: ofLog,
    anchors: anchors!.list().map((anchor) => unpackAnchor(anchor, ofLog)),
  };
}

const malformed = (message: string): ReceiptError => new ReceiptError('RECEIPT_MALFORMED', message);
