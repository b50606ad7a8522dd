import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { ClientToken, Session } from './access.model.js';
import type { Actor } from './actor.js';
import { Address, Authenticated, CurrentActor, Public } from './marks.js';
import { type SignedIn, SignInService } from './sign-in.service.js';

@Resolver()
export class SignInResolver {
  constructor(@Inject(SignInService) private readonly service: SignInService) {}

  @Public()
  @Mutation(() => Session, {
    description: 'Signs a person in. Refused with CREDENTIALS_REFUSED, or RATE_LIMITED with `retryAfter` in seconds.',
  })
  async signIn(
    @Args('email', { type: () => String, description: 'In any case of letters.' }) email: string,
    @Args('password', { type: () => String, description: 'As it was set.' }) password: string,
    @Address() address: string,
  ): Promise<Session> {
    return sessionOf(await this.service.signIn(email, password, address));
  }

  @Public()
  @Mutation(() => Session, {
    description: 'Trades a refresh token for a new pair. Refused with REFRESH_TOKEN_INVALID or REFRESH_TOKEN_REUSED.',
  })
  async refreshSession(
    @Args('refreshToken', { type: () => String, description: 'The one of the last answer.' }) refreshToken: string,
  ): Promise<Session> {
    return sessionOf(await this.service.refresh(refreshToken));
  }

  @Authenticated()
  @Mutation(() => Boolean, {
    description: 'Ends the session of the access token at once. False for a machine client, which has none.',
  })
  signOut(@CurrentActor() actor: Actor): Promise<boolean> {
    return this.service.signOut(actor);
  }

  @Public()
  @Mutation(() => ClientToken, {
    description: 'Gives a machine client an access token for its secret, as `POST /oauth/token` does.',
  })
  async clientToken(
    @Args('clientId', { type: () => String, description: 'As it was given at registration.' }) clientId: string,
    @Args('clientSecret', { type: () => String, description: 'As it was shown at registration.' }) clientSecret: string,
    @Address() address: string,
  ): Promise<ClientToken> {
    const { token, expiresIn } = await this.service.clientToken(clientId, clientSecret, address);
    return { accessToken: token, expiresIn };
  }
}

function sessionOf({ access, refreshToken }: SignedIn): Session {
  return { accessToken: access.token, expiresIn: access.expiresIn, refreshToken };
}
