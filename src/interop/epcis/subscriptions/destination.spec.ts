import {
  checkDestination,
  DestinationRefusedError,
  isPublicAddress,
  parseDestination,
  publicLookup,
} from './destination.js';

describe('a destination', () => {
  it.each([
    'https://client.example.com/queryCallback',
    'http://93.184.216.34:8080/a?b=c',
    'https://[2606:2800:220:1::1]/',
  ])('may be %s', (url) => {
    expect(parseDestination(url, false).href).toBe(new URL(url).href);
  });

  it.each([
    'ftp://client.example.com/',
    'file:///etc/passwd',
    'client.example.com',
    'https://',
    'https://user:pass@client.example.com/',
    'https://client.example.com/#part',
    `https://client.example.com/${'a'.repeat(2000)}`,
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://192.168.0.1/',
    'http://0.0.0.0/',
    'http://100.64.1.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
  ])('is not %s', (url) => {
    expect(() => parseDestination(url, false)).toThrow(DestinationRefusedError);
  });

  it('may be private where that is allowed', () => {
    expect(parseDestination('http://127.0.0.1:9/x', true).port).toBe('9');
    expect(() => parseDestination('ftp://127.0.0.1/', true)).toThrow(DestinationRefusedError);
  });

  it('is refused where its name leads to this machine', async () => {
    await expect(checkDestination(new URL('http://localhost/'), false)).rejects.toThrow(DestinationRefusedError);
    await expect(checkDestination(new URL('http://localhost/'), true)).resolves.toBeUndefined();
  });

  it.each([{ all: true }, {}])('is refused again when the connection is made (%j)', async (options) => {
    const error = await new Promise((done) => publicLookup('localhost', options, (failure) => done(failure)));
    expect(error).toBeInstanceOf(DestinationRefusedError);
  });

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', ':::'])('has an address, which %j is not', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
