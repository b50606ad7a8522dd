/** Prints the GraphQL schema into schema.graphql, without a database or a chain: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphqlSchema } from '../src/print-schema.js';

writeFileSync(join(process.cwd(), 'schema.graphql'), await graphqlSchema());
