import { digitalLink } from './areas/digital-link.js';
import { dscsa } from './areas/dscsa.js';
import { epcis } from './areas/epcis.js';
import { files } from './areas/files.js';
import { log } from './areas/log.js';
import { packs, verificationMessaging } from './areas/packs.js';
import { server } from './areas/server.js';
import type { Paths, Schema } from './operation.js';
import { SCHEMAS } from './schemas.js';

const PATHS: Paths = {
  ...epcis,
  ...dscsa,
  ...digitalLink,
  ...packs,
  ...verificationMessaging,
  ...files,
  ...log,
  ...server,
};

/** The OpenAPI 3.1 document of everything that the server answers by REST. */
export const openapiDocument = (url: string): Schema => ({
  openapi: '3.1.0',
  info: {
    title: 'Halisi',
    version: '1',
    summary: 'Track and trace of medicines, by the standards of GS1.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url }],
  paths: PATHS,
  components: {
    schemas: SCHEMAS,
    securitySchemes: {
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'From `signIn` of GraphQL for people, from POST /oauth/token for machine clients.',
      },
    },
  },
});
