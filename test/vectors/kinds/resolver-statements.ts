import { createHash } from 'node:crypto';
import type { ModelResolver } from './resolver-model.js';

/** Undefined where the resolver conforms; else what is wrong. */
export type Check = (resolver: ModelResolver) => Promise<string | undefined>;

const VOC = 'https://ref.gs1.org/voc/';

interface LinkSet {
  readonly linkset: readonly Readonly<Record<string, string | readonly Readonly<Record<string, unknown>>[]>>[];
}

const status = (
  path: (resolver: ModelResolver) => string,
  expected: number,
  method?: string,
  accept?: string,
): Check => {
  return async (resolver) => {
    const answer = await resolver.ask(path(resolver), accept === undefined ? {} : { accept }, method);
    return answer.status === expected ? undefined : `${method ?? 'GET'} ${path(resolver)} answers ${answer.status}`;
  };
};

const redirects = (query: string, to: string, headers: Record<string, string> = {}): Check => {
  return async (resolver) => {
    const answer = await resolver.ask(resolver.item + query, headers);
    const location = answer.headers.get('location');
    return answer.status === 307 && location === to ? undefined : `${answer.status} ${location}`;
  };
};

const linkset = async (resolver: ModelResolver, query = '?linkType=linkset', accept?: string): Promise<LinkSet> =>
  (await (await resolver.ask(resolver.pack + query, accept === undefined ? {} : { accept })).json()) as LinkSet;

const targetsOf = ({ linkset: members }: LinkSet) =>
  members.flatMap((member) =>
    Object.entries(member).flatMap(([type, targets]) =>
      typeof targets === 'string' ? [] : targets.map((target) => ({ type, target })),
    ),
  );

const methods: Check[] = [
  status(({ item }) => item, 307),
  status(({ item }) => item, 307, 'HEAD'),
  status(({ item }) => item, 204, 'OPTIONS'),
];

const cors: Check = async (resolver) => {
  for (const path of [resolver.item, `${resolver.item}?linkType=all`, '/01/1']) {
    const answer = await resolver.ask(path, { origin: 'https://a.example' });
    if (answer.headers.get('access-control-allow-origin') !== '*') return `${path} is for its own origin alone`;
  }
  return undefined;
};

/** Behind TLS every address that is said is https: TLS itself ends before the server. */
const saysHttps: Check = async (resolver) => {
  const described = JSON.stringify(await (await resolver.ask('/.well-known/gs1resolver')).json());
  const anchors = (await linkset(resolver)).linkset.map(({ anchor }) => String(anchor));
  const all = [...anchors, ...(described.match(/"resolverRoot":"([^"]*)"/)?.slice(1) ?? [])];
  return all.length > 1 && all.every((each) => each.startsWith('https://')) ? undefined : all.join(' ');
};

const validates: Check[] = [
  status(() => '/01/09506000164909', 400),
  status(({ item }) => `${item}/99/x`, 400),
  status(({ item }) => `${item}/21/`, 400, 'HEAD'),
  status(() => '/01/09506000164908/21/a/10/b', 400, 'GET', 'text/html'),
];

const noFalseOk: Check[] = [
  ...validates,
  status(() => '/01/09506000134352', 404),
  status(({ item }) => `${item}?linkType=gs1:nosuch`, 404),
];

const hasLinksets: Check[] = [
  async (resolver) => {
    const asked = [
      await linkset(resolver),
      await linkset(resolver, '?linkType=all'),
      await linkset(resolver, '', 'application/linkset+json'),
    ].map((each) => createHash('sha256').update(JSON.stringify(each)).digest('hex'));
    return new Set(asked).size === 1 ? undefined : 'the three ways to ask differ';
  },
  async (resolver) => {
    const answer = await resolver.ask(`${resolver.pack}?linkType=linkset`);
    const type = answer.headers.get('content-type') ?? 'nothing';
    return type.startsWith('application/linkset+json') ? undefined : type;
  },
  async (resolver) => {
    const json = await resolver.ask(`${resolver.pack}?linkType=all`, { accept: 'application/json' });
    const type = json.headers.get('content-type') ?? 'nothing';
    return type.startsWith('application/json') ? undefined : type;
  },
];

const everyLevel: Check = async (resolver) => {
  const anchors = (await linkset(resolver)).linkset.map(({ anchor }) => String(anchor));
  const expected = [resolver.root + resolver.item, resolver.root + resolver.pack];
  return JSON.stringify(anchors) === JSON.stringify(expected) ? undefined : anchors.join(' ');
};

const completeTargets: Check = async (resolver) => {
  const bare = targetsOf(await linkset(resolver)).filter(({ target: { href, title } }) => !href || !title);
  return bare.length === 0 ? undefined : JSON.stringify(bare);
};

const mediaTypes: Check = async (resolver) => {
  const wrong = targetsOf(await linkset(resolver)).filter(
    ({ target: { type } }) =>
      type !== undefined && !/^(application|text|image|audio|video)\/[a-z0-9.+-]+$/.test(String(type)),
  );
  return wrong.length === 0 ? undefined : JSON.stringify(wrong);
};

const describedDefault: Check = async (resolver) => {
  const targets = targetsOf(await linkset(resolver));
  const fallback = targets.find(({ type }) => type === `${VOC}defaultLink`)?.target['href'];
  const again = targets.some(({ type, target }) => type !== `${VOC}defaultLink` && target['href'] === fallback);
  return again ? undefined : 'the default has no other type';
};

const plainDefault: Check = async (resolver) => {
  const { linkset: members } = await linkset(resolver);
  const defaults = members.flatMap((member) => (member[`${VOC}defaultLink`] ?? []) as readonly object[]);
  const ok = defaults.length === 1 && Object.keys(defaults[0]!).sort().join() === 'href,title';
  return ok ? undefined : JSON.stringify(defaults);
};

const contextFile: Check = async (resolver) => {
  const link = (await resolver.ask(`${resolver.item}?linkType=linkset`)).headers.get('link') ?? '';
  const address = /<([^>]*)>; rel="http:\/\/www\.w3\.org\/ns\/json-ld#context"/.exec(link)?.[1];
  if (address === undefined) return link;
  const type = (await resolver.ask(new URL(address).pathname)).headers.get('content-type') ?? 'nothing';
  return type.startsWith('application/ld+json') ? undefined : type;
};

const HOME = 'https://ref.gs1.org/tools/demo/2024retail/';
const toDefault = redirects('', HOME);
const defaultAbove: Check = async (resolver) => {
  const location = (await resolver.ask(resolver.pack)).headers.get('location');
  return location === HOME ? undefined : String(location);
};

const toType = redirects('?linkType=gs1:pip', 'https://ref.gs1.org/tools/demo/2024retail/pip?linkType=gs1:pip');
const passesQuery = redirects('?a=1&b=%20x', `${HOME}?a=1&b=%20x`);

const byLanguage = redirects(
  '?linkType=sustainabilityInfo',
  'https://ref.gs1.org/tools/demo/2024retail/fr/sustainability?linkType=sustainabilityInfo',
  { 'accept-language': 'fr-CA, en;q=0.5' },
);
const byMedia = redirects('?linkType=certificationInfo', 'https://certificate.example/001?linkType=certificationInfo', {
  accept: 'application/pdf',
});
const byContext = redirects(
  '?linkType=certificationInfo&context=LK',
  'https://certificate.example/003?linkType=certificationInfo&context=LK',
);

const linksInHeader: Check = async (resolver) => {
  const link = (await resolver.ask(resolver.pack)).headers.get('link') ?? '';
  const targets = targetsOf(await linkset(resolver)).filter(({ type }) => type !== `${VOC}defaultLink`);
  const missing = targets.filter(({ type, target }) => !link.includes(`<${String(target['href'])}>; rel="${type}"`));
  return missing.length === 0 && link.includes('rel="linkset"') ? undefined : JSON.stringify(missing);
};

const describes: Check = async (resolver) => {
  const described = (await (await resolver.ask('/.well-known/gs1resolver')).json()) as Record<string, unknown>;
  const { resolverRoot, supportedPrimaryKeys: keys } = described;
  return resolverRoot === resolver.root && Array.isArray(keys) && keys.includes('01')
    ? undefined
    : JSON.stringify(described);
};

const declaresContext: Check = async (resolver) => {
  const { jsonLdContextLocation } = (await (await resolver.ask('/.well-known/gs1resolver')).json()) as Record<
    string,
    unknown
  >;
  return typeof jsonLdContextLocation === 'string' ? undefined : 'no context file is declared';
};

const knowsVocabulary: Check[] = [
  toType,
  redirects(`?linkType=${VOC}pip`, `https://ref.gs1.org/tools/demo/2024retail/pip?linkType=${VOC}pip`),
  redirects(
    '?linkType=https://gs1.org/voc/pip',
    'https://ref.gs1.org/tools/demo/2024retail/pip?linkType=https://gs1.org/voc/pip',
  ),
];

const toleratesSlash: Check = async (resolver) => {
  const answer = await resolver.ask(`${resolver.item}/`);
  return answer.status === 307 ? undefined : String(answer.status);
};

/** One path a key that has qualifiers, with all of them: none is malformed. */
const QUALIFIED = [
  '/01/09506000164908/22/2A/10/LOT/21/SER',
  '/01/09506000164908/235/TPX',
  '/414/9506000164908/254/32a',
  '/414/9506000164908/7040/1ABC',
  '/417/9506000164908/7040/1ABC',
  '/8006/095060001649080102/22/2A/10/LOT/21/SER',
  '/8010/9506000123/8011/17',
  '/8017/950600016490000002/8019/1',
];
const takesQualifiers: Check = async (resolver) => {
  for (const path of QUALIFIED) {
    const answer = await resolver.ask(path);
    if (answer.status === 400) return `${path} ${await answer.text()}`;
  }
  return undefined;
};

/** Which statements a check answers, by the words that only they have. */
const CHECKS: readonly (readonly [RegExp, ...Check[]])[] = [
  [/GET, HEAD and OPTIONS/, ...methods],
  [/HTTP Over TLS/i, saysHttps],
  [/^SHALL support CORS/, cors],
  [/syntactically validate/, ...validates],
  [/200 OK/, ...noFalseOk],
  [/linkType set to (all|linkset)/, ...hasLinksets, everyLevel],
  [/any links associated with each level/, everyLevel],
  [/URI used as the subject/, everyLevel],
  [/^All links (exposed|in the linkset)/, completeTargets],
  [/media type is defined for a link/, mediaTypes],
  [/descriptive link type/, describedDefault],
  [/json-ld#context/, contextFile],
  [/available link(Type)? as the default/, plainDefault, toDefault],
  [/default link at the entry level/, defaultAbove],
  [/redirect to the default link/, toDefault, byLanguage],
  [/redirect to the requested (linkType|type)/, toType],
  [/404 Not Found/, status(({ item }) => `${item}?linkType=gs1:nosuch`, 404)],
  [/pass on all key=value/, passesQuery],
  [/Accept-Language/, byLanguage, byMedia, byContext],
  [/HTTP Link header/, linksInHeader],
  [/resolver description file at|primary identifiers SHALL be provided/i, describes],
  [/context file that can be used/, declaresContext],
  [/GS1 Web vocabulary namespace/, ...knowsVocabulary],
  [/trailing slashes/, toleratesSlash],
  [/all key qualifiers SHALL be supported/, takesQualifiers],
];

/** Statements that no check answers, each with its reason. */
const LISTED: readonly (readonly [RegExp, string])[] = [
  [
    /decompress|compressed request URI|expose the uncompressed URI|equivalent uncompressed URI|redirecting to an alternative resolver/,
    'Compressed links are neither made nor read here: docs/formats/digital-link.md says why.',
  ],
  [/^MAY support additional (decompression|key-value)/, 'An option that nobody has to take.'],
  [/gs1:handledBy/, 'Nothing is redirected by company prefix alone: every answer is worked out for the identifier.'],
  [
    /MAY provide content directly/,
    'An option; it is taken, and the stories of test/e2e/digital-link.e2e-spec.ts are about it.',
  ],
];

export const isListed = (statement: string): boolean => LISTED.some(([words]) => words.test(statement));

export const checksOf = (statement: string): Check[] =>
  CHECKS.flatMap(([words, ...checks]) => (words.test(statement) ? checks : []));
