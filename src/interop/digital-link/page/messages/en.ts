import { ADVICE, REASONS, type ReasonCode } from '../../../../domain/verdict/reasons.js';
import type { Messages } from '../messages.js';

/** The words of the API, which are English. */
export const en: Messages = {
  language: 'en',
  locale: 'en-GB',
  name: 'English',
  direction: 'ltr',
  verdicts: {
    genuine: 'Genuine',
    genuine_do_not_supply: 'Genuine, but be careful',
    not_recognised: 'Not recognised',
    contradicted: 'Something does not agree',
    cannot_tell: 'Cannot tell',
  },
  reasons: Object.fromEntries(Object.entries(REASONS).map(([code, { text }]) => [code, text])) as Record<
    ReasonCode,
    string
  >,
  advice: ADVICE,
  words: {
    title: 'Medicine check',
    product: 'Medicine',
    lot: 'Lot',
    serial: 'Serial number',
    expiry: 'Use by',
    what_to_do: 'What to do',
    checked: 'Compared with the records on {time}.',
    recall: 'Recall',
    no_recall: 'No recall of this lot is recorded.',
    lot_recalled: 'This lot is recalled.',
    more: 'More about it',
    report: 'Is something wrong with this pack?',
    report_hint: 'A report blocks this pack everywhere until it has been looked into. Nothing about you is kept.',
    report_reason: 'What is wrong?',
    send: 'Send the report',
    reported: 'Thank you. The pack is blocked until it has been looked into. Do not use it.',
    not_reported: 'The report could not be taken. Tell a pharmacist or the medicines authority.',
    no_report: 'If something seems wrong with it, tell a pharmacist or the medicines authority.',
    languages: 'Languages',
  },
};
