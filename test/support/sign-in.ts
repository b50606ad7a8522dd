import { demoPassword } from '../../prisma/demo/network.js';
import type { GraphqlClient } from './graphql-client.js';

export interface Session {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
}

export const SIGN_IN = `mutation ($email: String!, $password: String!) {
  signIn(email: $email, password: $password) { accessToken expiresIn refreshToken }
}`;

/** Signs somebody of the demo network in, as `operator@kilimani.example`. */
export async function signInAs(app: GraphqlClient, email: string, password = demoPassword): Promise<Session> {
  const { signIn } = await app.ask<{ signIn: Session }>(SIGN_IN, { email, password });
  return signIn;
}

/** The access token alone. */
export const tokenOf = async (app: GraphqlClient, email: string): Promise<string> =>
  (await signInAs(app, email)).accessToken;
