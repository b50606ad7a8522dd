import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { join } from 'node:path';
import { isSecret, hashSecret, newSecret } from '../access/secrets.js';
import { DomainError } from '../domain/errors.js';
import { Config } from '../platform/config/config.js';
import { keptSecret } from '../platform/embedded/secrets.js';
import { StartupNotes } from '../platform/lifecycle.js';
import type { OrganisationInput } from './partners.input.js';
import { PartnersService } from './partners.service.js';
import { PartnersStore } from './partners.store.js';
import type { Organisation } from './records.js';

const SECRET = 'setup-code';

export class SetupRefusedError extends DomainError<'SETUP_CODE_WRONG' | 'ALREADY_SET_UP' | 'FIRST_PERSON_REQUIRED'> {
  override readonly name = 'SetupRefusedError';
}

/**
 * How the first regulator comes to an empty installation. Whoever can read `HALISI_HOME/keys/setup-code` may register it;
 * once there is any organisation, nobody can.
 */
@Injectable()
export class FirstRegulator implements OnApplicationBootstrap {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersService) private readonly service: PartnersService,
    @Inject(StartupNotes) private readonly notes: StartupNotes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.demo || (await this.store.hasOrganisation())) return;
    this.code();
    this.notes.add(
      'No organisation is registered yet. Register the regulator with the mutation registerFirstRegulator;',
      `its setup code is in ${join(this.config.home, 'keys', SECRET)}`,
    );
  }

  /** Throws SetupRefusedError, and whatever `registerOrganisation` refuses. */
  async register(setupCode: string, input: OrganisationInput): Promise<Organisation> {
    if (!isSecret(hashSecret(this.code()), setupCode.trim())) {
      throw new SetupRefusedError('SETUP_CODE_WRONG', 'The setup code is the one in HALISI_HOME/keys/setup-code.');
    }
    if (input.firstPerson == null) {
      throw new SetupRefusedError('FIRST_PERSON_REQUIRED', 'The first regulator needs a first person to sign in.');
    }
    const firstPerson = { ...input.firstPerson, roles: [...new Set([...input.firstPerson.roles, 'admin' as const])] };
    return this.service.registerOrganisation({ ...input, role: 'regulator', firstPerson }, async (tx) => {
      await this.store.lockSetup(tx);
      if (!(await this.store.hasOrganisation(tx))) return;
      throw new SetupRefusedError('ALREADY_SET_UP', 'This installation has organisations already.');
    });
  }

  private readonly code = (): string => keptSecret(this.config.home, SECRET, newSecret).trim();
}
