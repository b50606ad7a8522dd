import { chainLogId } from './chain-log-id.js';
import { codeOf } from './testing/codes.js';

describe("a log's id on the chain", () => {
  it('is its first publisher and the start of the hash of its origin', () => {
    // printf halisi.example/log | sha256sum
    expect(chainLogId('0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266', 'halisi.example/log')).toBe(
      '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266c7d126a4e8266c6ed80c0bb1',
    );
  });

  it('needs an address', () => {
    expect(codeOf(() => chainLogId('0x1234', 'halisi.example/log'))).toBe('TLOG_KEY_INVALID');
  });
});
