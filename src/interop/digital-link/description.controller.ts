import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../access/marks.js';
import { Config } from '../../platform/config/config.js';
import { CONTEXTS } from '../verification-messaging/contexts.js';
import { PRIMARY_KEYS } from './resolution/identified.js';
import { GS1_VOC } from './resolution/link.js';
import { LINKSET_CONTEXT, LINKSET_CONTEXT_PATH } from './resolution/linkset.js';
import { rootOf } from './root.js';

/** What the resolver is and can do, for machines. */
@Public()
@Controller()
export class DescriptionController {
  constructor(private readonly config: Config) {}

  /** The resolver description file (GS1-Conformant resolver standard 1.0). */
  @Get('.well-known/gs1resolver')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  @Header('cache-control', 'public, max-age=3600')
  describe(@Req() request: FastifyRequest) {
    const root = rootOf(this.config, request);
    return {
      name: 'Halisi',
      resolverRoot: root,
      supportedPrimaryKeys: PRIMARY_KEYS,
      supportedLinkType: [{ namespace: GS1_VOC, prefix: 'gs1:' }],
      supportedContextValuesEnumerated: [...CONTEXTS.keys()],
      linkTypeDefaultCanBeLinkset: false,
      jsonLdContextLocation: root + LINKSET_CONTEXT_PATH,
    };
  }

  @Get(LINKSET_CONTEXT_PATH.slice(1))
  @Header('content-type', 'application/ld+json; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  @Header('cache-control', 'public, max-age=86400')
  context() {
    return LINKSET_CONTEXT;
  }
}
