import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { TrustDocument } from '../../transparency/api/trust-document.js';
import { ReceiptRefusedError } from './receipt-refusals.js';

const BUILT = 'apps/verifier/dist/verify.html';

/** A receipt that the page checks as soon as it is opened. */
export interface CarriedReceipt {
  readonly name: string;
  readonly text: string;
}

/** The page that checks receipts, with this log's identity in it: a saved copy carries both and needs nobody. */
@Injectable()
export class VerifyPage {
  private kept: { readonly html: string; readonly madeAt: number } | undefined;

  constructor(private readonly trust: TrustDocument) {}

  /** Throws RECEIPT_FORM_UNAVAILABLE where the page was not built. */
  async html(receipt?: CarriedReceipt): Promise<string> {
    const [page, trust] = await Promise.all([this.page(), this.trust.read()]);
    const withTrust = carrying(page, 'halisi-trust', trust);
    return receipt === undefined ? withTrust : carrying(withTrust, 'halisi-evidence', receipt);
  }

  private async page(): Promise<string> {
    const path = built();
    if (path === undefined) {
      throw new ReceiptRefusedError('RECEIPT_FORM_UNAVAILABLE', 'The page is not there: `npm run build` makes it.');
    }
    const { mtimeMs } = await stat(path);
    if (this.kept?.madeAt !== mtimeMs) this.kept = { html: await readFile(path, 'utf8'), madeAt: mtimeMs };
    return this.kept.html;
  }
}

/** Nothing in the data can end its element: `<` is escaped, as JSON allows. */
function carrying(html: string, id: string, data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return html.replace(`id="${id}">null<`, () => `id="${id}">${json}<`);
}

function built(): string | undefined {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, BUILT);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}
