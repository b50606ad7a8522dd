import { GraphQLError, GraphQLScalarType } from 'graphql';

/** A JSON object that the API hands out as it is stored. Never an input. */
export const JsonObject = new GraphQLScalarType<Record<string, unknown>, unknown>({
  name: 'JSONObject',
  description: 'A JSON object.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('JSONObject is for answers only.', { extensions: { code: 'BAD_USER_INPUT' } });
  },
});
