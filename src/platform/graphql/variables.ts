import {
  astFromValue,
  type DocumentNode,
  getNullableType,
  getVariableValues,
  type GraphQLError,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  type VariableDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

const MOST_ERRORS = 20;

/** All that is wrong with the variables of one operation. */
export class VariablesError extends Error {
  override readonly name = 'VariablesError';
  readonly statusCode = 400;

  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join(' '));
  }
}

/**
 * The variables of a document with one operation, with the defaults of what must not be null (`Int! = 20`) filled in.
 * A query that comes again is compiled, and compiled queries judge variables otherwise than graphql-js: they refuse what
 * has such a default and is left out, and take some of what is wrong. So variables are judged here, and leave nothing to
 * judge. Throws VariablesError.
 */
export function checkedVariables(schema: GraphQLSchema, document: DocumentNode, given: Variables = {}): Variables {
  const definitions = variableDefinitions(document);
  if (definitions.length === 0) return given;
  const { errors } = getVariableValues(schema, definitions, given, { maxErrors: MOST_ERRORS });
  if (errors !== undefined) throw new VariablesError(errors);
  const complete: Record<string, unknown> = { ...given };
  for (const { variable, type: node, defaultValue } of definitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    if (!isInputType(type)) continue;
    if (Object.hasOwn(given, name)) complete[name] = withDefaults(given[name], type);
    else if (isNonNullType(type) && defaultValue) complete[name] = withDefaults(asSent(defaultValue), type);
  }
  return complete;
}

function variableDefinitions(document: DocumentNode): readonly VariableDefinitionNode[] {
  const isOperation = (node: DocumentNode['definitions'][number]): node is OperationDefinitionNode =>
    node.kind === 'OperationDefinition';
  return document.definitions.find(isOperation)?.variableDefinitions ?? [];
}

function withDefaults(value: unknown, outer: GraphQLInputType): unknown {
  const type = getNullableType(outer);
  if (value == null || !hasDefaults(type)) return value;
  if (isListType(type)) {
    const inner = type.ofType;
    return Array.isArray(value) ? value.map((each) => withDefaults(each, inner)) : withDefaults(value, inner);
  }
  return isInputObjectType(type) ? objectWithDefaults(value as Variables, type) : value;
}

function objectWithDefaults(given: Variables, type: GraphQLInputObjectType): Variables {
  const complete: Record<string, unknown> = { ...given };
  for (const field of Object.values(type.getFields())) {
    if (Object.hasOwn(given, field.name)) complete[field.name] = withDefaults(given[field.name], field.type);
    else if (isDefaulted(field)) complete[field.name] = asSent(astFromValue(field.defaultValue, field.type)!);
  }
  return complete;
}

/** A literal as a client would send it in a variable: the name of an enumeration's member, not what stands for it here. */
const asSent = (literal: ValueNode): unknown => valueFromASTUntyped(literal);

const isDefaulted = (field: GraphQLInputField): boolean => isNonNullType(field.type) && !isRequiredInputField(field);

const known = new WeakMap<GraphQLInputType, boolean>();

/** Whether anything within a type is not to be null and has a default: most long lists need no look at their members. */
function hasDefaults(outer: GraphQLInputType): boolean {
  const type = getNullableType(outer);
  if (isListType(type)) return hasDefaults(type.ofType);
  if (!isInputObjectType(type)) return false;
  const found = known.get(type);
  if (found !== undefined) return found;
  known.set(type, false);
  const has = Object.values(type.getFields()).some((field) => isDefaulted(field) || hasDefaults(field.type));
  known.set(type, has);
  return has;
}
