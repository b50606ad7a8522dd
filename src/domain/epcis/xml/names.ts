import { KNOWN_NAMESPACES, type Namespaces } from '../context.js';
import { isStandardDefinition, MASTER_DATA_NAMESPACE } from '../event-context.js';
import { isNcName, XML_NAMESPACE, XSI_NAMESPACE, type XmlName } from './element.js';

/** Prefixes that XML readers know without a definition in `@context`. */
const BUILT_IN: Namespaces = new Map([
  ['xsi', XSI_NAMESPACE],
  ['xml', XML_NAMESPACE],
]);

/** Gives XML names their JSON form and remembers the prefixes that are not of the standard context. */
export class ReadNames {
  /** To be the `@context` of what was read. */
  readonly definitions = new Map<string, string>();

  /** `prefix:local` with the sender's prefix, or another one where that is taken; `local` where there is no namespace. */
  nameOf({ prefix, local, uri }: XmlName): string {
    if (uri === '') return local;
    for (const [known, namespace] of BUILT_IN) if (namespace === uri) return `${known}:${local}`;
    const base = prefix === '' || prefix === 'xsi' ? 'ns' : prefix;
    for (let attempt = 1; ; attempt++) {
      const candidate = attempt === 1 ? base : `${base}${attempt}`;
      if (this.take(candidate, uri)) return `${candidate}:${local}`;
    }
  }

  /** Remembers a declaration, used or not, under its own prefix if that is free. */
  define(prefix: string, uri: string): void {
    if (prefix === 'cbvmda') this.definitions.set(prefix, uri);
    else this.nameOf({ prefix, local: '', uri });
  }

  private take(prefix: string, uri: string): boolean {
    const defined = this.definitions.get(prefix);
    if (defined !== undefined) return defined === uri;
    if (isStandardDefinition(prefix, uri)) return true;
    if (KNOWN_NAMESPACES.has(prefix)) return false;
    this.definitions.set(prefix, uri);
    return true;
  }
}

/** Resolves JSON names to XML names by the definitions in force. */
export class WriteNames {
  constructor(private readonly definitions: Namespaces) {}

  /** Undefined for a name that is no `prefix:local` with a known prefix, or that XML cannot spell. */
  resolve(name: string): XmlName | undefined {
    const colon = name.indexOf(':');
    if (colon < 0) return isNcName(name) ? { prefix: '', local: name, uri: '' } : undefined;
    const prefix = name.slice(0, colon);
    const local = name.slice(colon + 1);
    const uri = this.namespaceOf(prefix);
    if (uri === undefined || uri === '' || !isNcName(prefix) || !isNcName(local)) return undefined;
    return { prefix, local, uri };
  }

  /** A name given as a URI, cut after its last `/`, `#` or `:`. */
  resolveUri(name: string): XmlName | undefined {
    const cut = Math.max(name.lastIndexOf('/'), name.lastIndexOf('#'), name.lastIndexOf(':')) + 1;
    const local = name.slice(cut);
    return cut > 0 && isNcName(local) && !/\s/.test(name)
      ? { prefix: 'ns', local, uri: name.slice(0, cut) }
      : undefined;
  }

  private namespaceOf(prefix: string): string | undefined {
    if (prefix === 'xmlns') return undefined;
    return (
      BUILT_IN.get(prefix) ??
      this.definitions.get(prefix) ??
      (prefix === 'cbvmda' ? MASTER_DATA_NAMESPACE : KNOWN_NAMESPACES.get(prefix))
    );
  }
}
