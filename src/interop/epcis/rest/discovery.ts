import type { FastifyReply } from 'fastify';
import { CBV_FORMATS, EPC_FORMATS } from './exchange.js';
import { CBV_VERSIONS, EPCIS_VERSIONS } from './versions.js';

export type Method = 'GET' | 'POST' | 'DELETE';

/**
 * Answers OPTIONS on a resource (EPCIS 2.0 §12, discovery): 204, `Allow`, the versions and forms that we speak, and what the
 * resource has beside.
 */
export function sendDiscovery(
  reply: FastifyReply,
  methods: readonly Method[],
  beside: Readonly<Record<string, string>> = {},
): void {
  void reply
    .status(204)
    .headers({
      Allow: ['OPTIONS', ...methods].join(', '),
      'GS1-EPCIS-Min': EPCIS_VERSIONS.min,
      'GS1-EPCIS-Max': EPCIS_VERSIONS.max,
      'GS1-CBV-Min': CBV_VERSIONS.min,
      'GS1-CBV-Max': CBV_VERSIONS.max,
      'GS1-EPC-Format': EPC_FORMATS.join(', '),
      'GS1-CBV-XML-Format': CBV_FORMATS.join(', '),
      'GS1-Vendor-Version': 'halisi',
      ...beside,
    })
    .send();
}
