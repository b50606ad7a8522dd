import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../../access/actor.js';
import { Allow, Authenticated, CurrentActor } from '../../access/marks.js';
import { STREAMED } from '../../platform/http/bodies.js';
import { BadRequestError, codeOfStatus } from '../../platform/http/problem.js';
import { bodyOf } from '../epcis/capture/body-source.js';
import { EpcisProblem } from '../epcis/rest/epcis-problem.js';
import { lingerBriefly } from '../epcis/rest/linger.js';
import { CsvImport, type ImportOptions } from './csv-import.service.js';
import type { ImportKind } from './import-kind.js';
import { csvText, reportCsv } from './import-report.js';
import { MasterDataImport } from './kinds/master-data.js';
import { OrganisationsImport } from './kinds/organisations.js';
import { ProductsImport } from './kinds/products.js';
import { SitesImport } from './kinds/sites.js';
import { DELIMITERS } from './read-csv.js';

const flag = z.enum(['true', 'false']).default('false');
/** The parameters of an import. */
export const importParameters = z.strictObject({
  dryRun: flag,
  partial: flag,
  delimiter: z.enum(['comma', 'semicolon', 'tab']).optional(),
  sender: z.string().min(1).max(500).optional(),
});

/** `/import`: organisations, sites, products and master data of trading partners as CSV. */
@Controller('import')
export class CsvImportController {
  private readonly kinds: ReadonlyMap<string, ImportKind<unknown>>;

  constructor(
    @Inject(CsvImport) private readonly imports: CsvImport,
    @Inject(OrganisationsImport) private readonly organisationsKind: OrganisationsImport,
    @Inject(SitesImport) private readonly sitesKind: SitesImport,
    @Inject(ProductsImport) private readonly productsKind: ProductsImport,
    @Inject(MasterDataImport) private readonly masterDataKind: MasterDataImport,
  ) {
    const kinds = [organisationsKind, sitesKind, productsKind, masterDataKind];
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind as ImportKind<unknown>]));
  }

  /** What can be imported, and the columns of each. */
  @Authenticated()
  @Get()
  list() {
    return { kinds: [...this.kinds.values()].map(({ name, columns, open }) => ({ name, columns, open })) };
  }

  /** A file with the header of a kind and no row. */
  @Authenticated()
  @Get(':kind/template')
  template(@Param('kind') name: string, @Res() reply: FastifyReply): void {
    const kind = this.kinds.get(name);
    if (kind === undefined) throw new BadRequestError('NOT_FOUND', 'There is no such import.', 404);
    void reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${kind.name}.csv"`)
      .send(csvText([kind.columns.map((column) => column.name)]));
  }

  @Allow('register_organisations')
  @RouteConfig(STREAMED)
  @Post('organisations')
  organisations(
    @CurrentActor() actor: Actor,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.take(this.organisationsKind, actor, query, request, reply);
  }

  @Allow('manage_own')
  @RouteConfig(STREAMED)
  @Post('sites')
  sites(
    @CurrentActor() actor: Actor,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.take(this.sitesKind, actor, query, request, reply);
  }

  @Allow('manage_products')
  @RouteConfig(STREAMED)
  @Post('products')
  products(
    @CurrentActor() actor: Actor,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.take(this.productsKind, actor, query, request, reply);
  }

  @Allow('capture')
  @RouteConfig(STREAMED)
  @Post('master-data')
  masterData(
    @CurrentActor() actor: Actor,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.take(this.masterDataKind, actor, query, request, reply);
  }

  /** 200 with the report; 422 with it where rows are refused and therefore nothing was registered. */
  private async take<Value>(
    kind: ImportKind<Value>,
    actor: Actor,
    query: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    try {
      const options = optionsOf(query);
      requireCsv(request);
      const report = await this.imports.run(kind, bodyOf(request), actor, options);
      void reply.status(report.refused > 0 && !report.applied && !report.dryRun ? 422 : 200);
      if (request.headers.accept?.startsWith('text/csv') === true) {
        await reply.type('text/csv; charset=utf-8').send(reportCsv(report));
      } else await reply.type('application/json; charset=utf-8').send(JSON.stringify(report));
    } catch (error) {
      if (!request.raw.complete) void reply.header('connection', 'close');
      lingerBriefly(request);
      if (!(error instanceof EpcisProblem)) throw error;
      throw new BadRequestError(error.code ?? codeOfStatus(error.status), error.message, error.status);
    }
  }
}

function optionsOf(query: unknown): ImportOptions {
  const checked = importParameters.safeParse(query);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const name = String(issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]);
    const message = `${name}: ${issue?.message ?? 'not understood'}.`;
    throw new BadRequestError('PARAMETER_INVALID', message, 400, { parameter: name });
  }
  const { dryRun, partial, delimiter, sender } = checked.data;
  return {
    dryRun: dryRun === 'true',
    partial: partial === 'true',
    delimiter: delimiter && DELIMITERS[delimiter],
    sender,
  };
}

function requireCsv(request: FastifyRequest): void {
  const given = request.headers['content-type'] ?? '';
  const [mediaType = '', ...parameters] = given.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (mediaType === 'text/csv' && (charset === undefined || charset === 'utf-8')) return;
  const message = `Expected a body of text/csv in UTF-8; got ${given.slice(0, 100) || 'none'}.`;
  throw new BadRequestError('UNSUPPORTED_MEDIA_TYPE', message, 415);
}
