import {
  applyDecorators,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { answerProblemsBelow } from '../../../platform/http/problem.filter.js';
import { writeEpcisProblem } from './problem-writer.js';
import { checkVersions, VERSION_HEADERS } from './versions.js';

answerProblemsBelow('/epcis', writeEpcisProblem);

/** Puts the version headers on every answer, and refuses a request in a version that we do not speak. */
@Injectable()
class EpcisHeaders implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    void http
      .getResponse<FastifyReply>()
      .headers(VERSION_HEADERS)
      .header('cache-control', 'private, no-store')
      .header('vary', 'accept, authorization, gs1-epc-format, gs1-cbv-xml-format')
      .header('x-content-type-options', 'nosniff');
    checkVersions(http.getRequest<FastifyRequest>().headers);
    return next.handle();
  }
}

/** A controller of the EPCIS 2.0 REST binding, below /epcis. Its failures are told as the binding says. */
export const EpcisController = (path = '') =>
  applyDecorators(Controller(path === '' ? 'epcis' : `epcis/${path}`), UseInterceptors(EpcisHeaders));
