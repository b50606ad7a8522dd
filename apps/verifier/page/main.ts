import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import { printable } from '../src/printable.js';
import { button, element } from './element.js';
import { type Actions, chainForm, headView, receiptForm, trustForm } from './forms.js';
import { resultView } from './result.js';
import { filled, type Language, LANGUAGES, preferred } from './texts/texts.js';
import { readTrustSource, type TrustSource } from './trust-source.js';
import { checkAll, type Handed, type Outcome, worst } from './verdict.js';

interface Came {
  readonly name: string;
  readonly text: string;
}

/** The page: what was handed in, whom the reader trusts, and what came of it. Nothing is kept, nothing is sent. */
class VerifyPage implements Actions {
  private tongue: Language = preferred(navigator.languages);
  private trust: TrustSource | undefined = cameWithPage('halisi-trust', (text) => readTrustSource(text));
  private handed: readonly Handed[] = [];
  private nodeUrls: readonly string[] = [];
  private wrongNode = '';
  private outcomes: readonly Outcome[] | undefined;
  private wrongTrust = '';
  private run = 0;
  private readonly status = element('p', { role: 'status', class: 'unseen' });
  private readonly result = element('div', { id: 'result' });

  constructor(private readonly root: HTMLElement) {
    for (const kind of ['dragover', 'drop'] as const) document.addEventListener(kind, (event) => this.onDrag(event));
    addEventListener('beforeprint', () => {
      for (const details of this.result.querySelectorAll('details')) details.open = true;
    });
    this.draw();
    const evidence = cameWithPage('halisi-evidence', (text) => JSON.parse(text) as Came);
    if (evidence !== undefined) this.take([{ name: evidence.name, content: bytesOf(evidence.text) }]);
  }

  files(files: readonly File[]): void {
    if (files.length === 0) return;
    void Promise.all(
      files.map(async (file) => ({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) })),
    ).then((handed) => this.take(handed));
  }

  paste(text: string): void {
    if (text.trim() !== '') this.take([{ name: '', content: bytesOf(text) }]);
  }

  trustFile(file: File): void {
    void file.text().then((text) => {
      this.wrongTrust = '';
      try {
        this.trust = readTrustSource(text, file.name);
      } catch (error) {
        if (!(error instanceof ReceiptError)) throw error;
        this.wrongTrust = `${file.name}: ${error.code}. ${error.message}`;
      }
      this.draw();
      this.check();
    });
  }

  nodes(text: string): void {
    const urls = text.split(/\s+/).filter((url) => url !== '');
    const wrong = urls.find((url) => !/^https?:\/\/./.test(url));
    this.wrongNode = wrong === undefined ? '' : filled(this.texts.chainWrong, { url: printable(wrong) });
    this.nodeUrls = urls;
    this.draw();
    if (wrong === undefined) this.check();
  }

  language(language: Language): void {
    this.tongue = language;
    this.draw();
    document.getElementById('language')?.focus();
  }

  clear(): void {
    this.handed = [];
    this.outcomes = undefined;
    this.run += 1;
    this.draw();
    document.getElementById('receipts')?.focus();
  }

  private get texts() {
    return LANGUAGES[this.tongue];
  }

  private take(handed: readonly Handed[]): void {
    this.handed = handed;
    this.check();
  }

  private check(): void {
    if (this.handed.length === 0) return;
    const run = ++this.run;
    this.status.textContent = this.texts.working;
    this.result.setAttribute('aria-busy', 'true');
    void checkAll(this.handed, this.trust?.trust, this.nodeUrls).then((outcomes) => {
      if (run !== this.run) return;
      this.outcomes = outcomes;
      this.drawResult();
      document.getElementById('result-title')?.focus();
    });
  }

  private onDrag(event: DragEvent): void {
    event.preventDefault();
    document.getElementById('drop')?.classList.toggle('over', event.type === 'dragover');
    if (event.type === 'drop') this.files([...(event.dataTransfer?.files ?? [])]);
  }

  private draw(): void {
    const { texts } = this;
    document.documentElement.lang = this.tongue;
    document.title = `Halisi: ${texts.title}`;
    this.root.replaceChildren(
      headView(texts, this.tongue, this),
      this.status,
      this.result,
      receiptForm(texts, this),
      trustForm(texts, this.trust, this.wrongTrust, this),
      chainForm(texts, this.nodeUrls, this.wrongNode, this),
      element('footer', {}, element('p', {}, texts.save)),
    );
    this.drawResult();
  }

  private drawResult(): void {
    const { texts, outcomes } = this;
    this.result.removeAttribute('aria-busy');
    this.result.replaceChildren();
    this.status.textContent = '';
    if (outcomes === undefined || outcomes.length === 0) return;
    const view = resultView(outcomes, texts, { cameWithPage: this.trust?.file === undefined });
    view.append(
      element(
        'div',
        { class: 'buttons' },
        button(texts.print, () => print(), { id: 'print' }),
      ),
    );
    this.result.append(view);
    this.status.textContent = { proven: texts.proven, open: texts.open, broken: texts.broken }[worst(outcomes)];
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the server put into the page, and what therefore travels with a saved copy; undefined for nothing. */
function cameWithPage<T>(id: string, read: (text: string) => T): T | undefined {
  const text = document.getElementById(id)?.textContent?.trim() ?? 'null';
  return text === 'null' ? undefined : read(text);
}

const root = document.getElementById('app');
if (root !== null) new VerifyPage(root);
