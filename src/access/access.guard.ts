import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { abilities, mayAct } from './abilities.js';
import { ForbiddenError } from './errors.js';
import { MARK, type Mark, requestOf, requiredActorOf } from './marks.js';

/**
 * Stands before every resolver and route. A resolver without a mark is refused to everybody; a plain route without one is
 * open, because those are what browsers and probes fetch (health, log tiles, labels), and guards itself where it must.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const mark = this.reflector.getAllAndOverride<Mark | undefined>(MARK, [context.getHandler(), context.getClass()]);
    if (mark === 'public') return true;
    if (mark === undefined && context.getType<string>() !== 'graphql') return true;
    const actor = requiredActorOf(requestOf(context));
    if (mark === undefined) throw new ForbiddenError('Nobody has been allowed to call this.');
    if (mark === 'authenticated' || mayAct(actor, mark.ability)) return true;
    const { organisations, roles } = abilities[mark.ability];
    throw new ForbiddenError(`This needs the role ${roles.join(' or ')} at a ${organisations.join(' or ')}.`, {
      ability: mark.ability,
      organisations: [...organisations],
      roles: [...roles],
    });
  }
}
