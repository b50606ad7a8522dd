import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import type { Actor } from './actor.js';
import { Allow, Authenticated, Public } from './marks.js';

class Doors {
  unmarked() {}
  @Public() open() {}
  @Authenticated() inside() {}
  @Allow('dispense') dispense() {}
}

const pharmacist: Actor = {
  organisationId: 1,
  organisationRole: 'clinic',
  subject: { kind: 'person', id: 1 },
  roles: ['pharmacist'],
  tokenId: 't',
};

/** What the guard sees of a call of a resolver, or of a route. */
function call(door: keyof Doors, actor?: Actor, type: 'graphql' | 'http' = 'graphql'): ExecutionContext {
  const request = { actor };
  return {
    getType: () => type,
    getHandler: () => Doors.prototype[door],
    getClass: () => Doors,
    getArgs: () => [undefined, {}, { request }, undefined],
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
}

const code = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the guard', () => {
  const guard = new AccessGuard(new Reflector());

  it('refuses a resolver without a mark to everybody', () => {
    expect(code(() => guard.canActivate(call('unmarked')))).toBe('UNAUTHENTICATED');
    expect(code(() => guard.canActivate(call('unmarked', pharmacist)))).toBe('FORBIDDEN');
  });

  it('lets anybody through a public door, and nobody else’s', () => {
    expect(guard.canActivate(call('open'))).toBe(true);
    expect(code(() => guard.canActivate(call('inside')))).toBe('UNAUTHENTICATED');
    expect(guard.canActivate(call('inside', pharmacist))).toBe(true);
  });

  it('asks for the ability that the door names, on routes as on resolvers', () => {
    expect(guard.canActivate(call('dispense', pharmacist, 'http'))).toBe(true);
    expect(code(() => guard.canActivate(call('dispense', { ...pharmacist, roles: ['viewer'] })))).toBe('FORBIDDEN');
    expect(code(() => guard.canActivate(call('dispense', undefined, 'http')))).toBe('UNAUTHENTICATED');
  });

  it('leaves a plain route without a mark open', () => {
    expect(guard.canActivate(call('unmarked', undefined, 'http'))).toBe(true);
  });
});
