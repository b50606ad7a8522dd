import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { DomainError } from '../../../domain/errors.js';

const LONGEST_URL = 2000;

/** A webhook must not go where a subscription wants it to. */
export class DestinationRefusedError extends DomainError<'DESTINATION_REFUSED'> {
  override readonly name = 'DestinationRefusedError';
}

/** Addresses that are not of the public Internet (IANA special-purpose registries, RFC 6890). */
const special = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(net, bits, 'ipv4');
// Tunnels and translations could lead back to any IPv4 address.
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  special.addSubnet(net, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public Internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/**
 * The URL of a destination: http or https, without user name, password or fragment, and not itself a private address
 * unless those are allowed. Where its name leads is looked at when a connection is made. Throws DestinationRefusedError.
 */
export function parseDestination(text: string, allowPrivate: boolean): URL {
  const url = text.length <= LONGEST_URL ? URL.parse(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(`an http or https URL of at most ${LONGEST_URL} characters`, JSON.stringify(text.slice(0, 200)));
  }
  if (url.username !== '' || url.password !== '') throw refused('a URL without user name and password', 'one with');
  if (url.hash !== '') throw refused('a URL without a fragment', 'one with');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw notPublic();
  return url;
}

/** Throws DestinationRefusedError where the name of a destination leads to a private address now. A name that leads nowhere yet may. */
export async function checkDestination(url: URL, allowPrivate: boolean): Promise<void> {
  if (allowPrivate || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return;
  await new Promise<void>((done, fail) => {
    resolve(url.hostname, { all: true }, (error, addresses) => {
      if (error || addresses.every(({ address }) => isPublicAddress(address))) done();
      else fail(notPublic());
    });
  });
}

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** For `http.request`: resolves a name, and connects only to what is public, so that no later answer of a name server leads elsewhere. */
export function publicLookup(hostname: string, options: LookupOptions, done: LookupDone): void {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublicAddress(address))) return done(notPublic(), []);
    if (options.all === true) done(null, addresses);
    else done(null, first.address, first.family);
  });
}

/** Where a name leads is not told: it would answer questions about a network that the asker is not in. */
const notPublic = (): DestinationRefusedError =>
  refused('a place on the public Internet', 'one at a private or special address');

const refused = (expected: string, got: string): DestinationRefusedError =>
  new DestinationRefusedError('DESTINATION_REFUSED', `Expected ${expected}; got ${got}.`);
