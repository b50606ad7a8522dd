import { Injectable } from '@nestjs/common';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { Config } from '../../../platform/config/config.js';
import { DestinationRefusedError, parseDestination, publicLookup } from '../../epcis/subscriptions/destination.js';

/** Bytes of an answer; more is no answer. */
const LONGEST_ANSWER = 256 * 1024;
/** Waits before the second and the third try, in milliseconds. */
const RETRIES = [200, 800];

/** What another system answered; null for a system that did not. */
export interface OutsideAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Asks other systems. Only what is on the public Internet is connected to, unless the operator says otherwise; redirects are
 * not followed; an answer has an end in time and in size.
 */
@Injectable()
export class Outside {
  private readonly allowPrivate: boolean;
  private readonly timeoutMs: number;

  constructor({ verification }: Config) {
    this.allowPrivate = verification.allowPrivate;
    this.timeoutMs = verification.timeoutMs;
  }

  /** The URL, if it may be asked. Throws DestinationRefusedError. */
  checked(url: string): URL {
    return parseDestination(url, this.allowPrivate);
  }

  /**
   * Asks, and asks again where there is no answer or one that may be better later. Null where there was none to the end, and
   * for a URL that must not be asked: another system may have named it.
   */
  async get(url: string, headers: Readonly<Record<string, string>>): Promise<OutsideAnswer | null> {
    const target = this.permitted(url);
    if (target === undefined) return null;
    let answer = await this.once(target, headers);
    for (const wait of RETRIES) {
      if (answer !== null && answer.status < 500 && answer.status !== 408 && answer.status !== 429) return answer;
      await delay(wait);
      answer = (await this.once(target, headers)) ?? answer;
    }
    return answer;
  }

  private permitted(url: string): URL | undefined {
    try {
      return this.checked(url);
    } catch (error) {
      if (!(error instanceof DestinationRefusedError)) throw error;
      return undefined;
    }
  }

  private once(url: URL, headers: Readonly<Record<string, string>>): Promise<OutsideAnswer | null> {
    const { request: open } = url.protocol === 'https:' ? https : http;
    return new Promise((done) => {
      const options = {
        headers,
        agent: false,
        signal: AbortSignal.timeout(this.timeoutMs),
        ...(!this.allowPrivate && { lookup: publicLookup }),
      };
      const sent = open(url, options, (answer) => {
        const parts: Buffer[] = [];
        let length = 0;
        answer.on('data', (part: Buffer) => {
          parts.push(part);
          length += part.length;
          if (length > LONGEST_ANSWER) answer.destroy();
        });
        answer.on('error', () => done(null));
        answer.on('close', () => {
          const text = Buffer.concat(parts).toString();
          done(answer.complete ? { status: answer.statusCode ?? 0, headers: answer.headers, text } : null);
        });
      });
      sent.on('error', () => done(null));
      sent.end();
    });
  }
}

/** The JSON of an answer; undefined where it is none. */
export const jsonOf = ({ text }: OutsideAnswer): unknown => parsedJson(text);

/** Undefined for what is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
