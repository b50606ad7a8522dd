import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Module, type ArgumentsHost } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DescriptionController } from '../../../src/interop/digital-link/description.controller.js';
import { DigitalLinkController } from '../../../src/interop/digital-link/digital-link.controller.js';
import { Linksets } from '../../../src/interop/digital-link/linksets.service.js';
import { PublicAnswers } from '../../../src/interop/digital-link/public-answers.service.js';
import type { Identified } from '../../../src/interop/digital-link/resolution/identified.js';
import { DEFAULT_LINK, type AnchoredLinks, type Link } from '../../../src/interop/digital-link/resolution/link.js';
import { Config } from '../../../src/platform/config/config.js';
import { sendProblem } from '../../../src/platform/http/problem.filter.js';
import { PublicLimit } from '../../../src/verification/public-limit.js';

interface Target {
  readonly href: string;
  readonly title: string;
  readonly type?: string;
  readonly hreflang?: readonly string[];
  readonly context?: readonly string[];
}

type Member = Readonly<Record<string, string | readonly Target[]>>;

/** The resolver as it is, over HTTP, with the links of a model link set in place of the database's. */
export interface ModelResolver {
  readonly root: string;
  /** Paths of an item and of one pack of it, as the model has them. */
  readonly item: string;
  readonly pack: string;
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  close(): Promise<void>;
}

const ROOT = 'https://id.gs1.org';

/** Starts it on any free port. */
export async function startModelResolver(modelPath: string): Promise<ModelResolver> {
  const { linkset } = JSON.parse(readFileSync(modelPath, 'utf8')) as { linkset: Member[] };
  const byAnchor = new Map(linkset.map((member) => [String(member['anchor']), member]));
  const app = await NestFactory.create<NestFastifyApplication>(moduleWith(byAnchor), new FastifyAdapter(), {
    ...{ logger: false, abortOnError: false },
  });
  app.useGlobalFilters({ catch: answerProblem });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const [item = '', pack = ''] = [...byAnchor.keys()].map((anchor) => anchor.slice(ROOT.length));
  return {
    ...{ root: ROOT, item, pack },
    ask: (path, headers = {}, method = 'GET') =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers, method, redirect: 'manual' }),
    close: () => app.close(),
  };
}

function answerProblem(error: unknown, host: ArgumentsHost): void {
  const http = host.switchToHttp();
  sendProblem(error, http.getRequest(), http.getResponse());
}

function moduleWith(byAnchor: ReadonlyMap<string, Member>): new () => object {
  const linksets = {
    of: ({ levels }: Identified): Promise<AnchoredLinks[]> =>
      Promise.resolve(levels.map(({ path }) => anchored(ROOT + path, byAnchor.get(ROOT + path)))),
  };
  @Module({
    controllers: [DescriptionController, DigitalLinkController],
    providers: [
      { provide: Config, useValue: { http: { publicUrl: ROOT } } },
      { provide: Linksets, useValue: linksets },
      { provide: PublicLimit, useValue: {} },
      { provide: PublicAnswers, useValue: {} },
    ],
  })
  class ModelModule {}
  return ModelModule;
}

function anchored(anchor: string, member: Member | undefined): AnchoredLinks {
  const targets = (linkType: string): readonly Target[] => {
    const found = member?.[linkType];
    return typeof found === 'string' || found === undefined ? [] : found;
  };
  const defaults = new Set(targets(DEFAULT_LINK).map(({ href }) => href));
  const description = member?.['itemDescription'];
  return {
    anchor,
    description: typeof description === 'string' ? description : undefined,
    links: Object.keys(member ?? {})
      .filter((linkType) => linkType !== DEFAULT_LINK)
      .flatMap((linkType) => targets(linkType).map((target) => linkOf(linkType, target, defaults.has(target.href)))),
  };
}

const linkOf = (linkType: string, { href, title, type, hreflang, context }: Target, isDefault: boolean): Link => ({
  ...{ linkType, href, title, isDefault, own: false },
  mediaType: type,
  languages: hreflang ?? [],
  contexts: context ?? [],
});
