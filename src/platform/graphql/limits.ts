import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLOutputType,
  isInterfaceType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { isStorable } from '../http/safe-text.js';
import { MAX_PAGE } from './pagination.js';

export interface Limits {
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxRootFields: number;
}

/** A list without a page size is taken to have this many members. */
const LIST_MEMBERS = 10;

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

/**
 * Refuses documents that ask for too much, before anything runs. Every field costs 1, and what is below a page costs as
 * often as the page is long; a page size in a variable counts as the longest page, so the answer holds for every use of
 * the document and is found once. Introspection is not counted.
 */
export function limitRules(limits: Limits): ValidationRule[] {
  return [(context) => costRule(context, limits), textRule];
}

function costRule(context: ValidationContext, limits: Limits): ASTVisitor {
  return {
    OperationDefinition(operation) {
      const roots = rootFields(context, operation.selectionSet, new Set());
      if (roots > limits.maxRootFields) {
        return refuse(context, operation, 'TOO_MANY_ROOT_FIELDS', 'fields at the root', limits.maxRootFields, roots);
      }
      const walk = new Walk(context, limits);
      const { depth, cost } = walk.operation(operation);
      if (depth > limits.maxDepth) refuse(context, operation, 'QUERY_TOO_DEEP', 'levels', limits.maxDepth, depth);
      else if (cost > limits.maxCost) refuse(context, operation, 'QUERY_TOO_COSTLY', 'cost', limits.maxCost, cost);
    },
  };
}

function refuse(
  context: ValidationContext,
  node: OperationDefinitionNode,
  code: string,
  what: string,
  most: number,
  got: number,
) {
  const message = `The operation asks for too much: ${what} at most ${most}, got ${got}.`;
  context.reportError(new GraphQLError(message, { nodes: node, extensions: { code, details: { most, got } } }));
}

function rootFields(context: ValidationContext, selections: SelectionSetNode, seen: Set<string>): number {
  let count = 0;
  for (const selection of selections.selections) {
    if (selection.kind === 'Field') count += 1;
    else if (selection.kind === 'InlineFragment') count += rootFields(context, selection.selectionSet, seen);
    else {
      const fragment = context.getFragment(selection.name.value);
      if (fragment == null || seen.has(fragment.name.value)) continue;
      count += rootFields(context, fragment.selectionSet, new Set(seen).add(fragment.name.value));
    }
  }
  return count;
}

class Walk {
  private readonly fragments = new Map<string, Weight>();
  private readonly open = new Set<string>();

  constructor(
    private readonly context: ValidationContext,
    private readonly limits: Limits,
  ) {}

  operation(operation: OperationDefinitionNode): Weight {
    const type = this.context.getSchema().getRootType(operation.operation);
    return type == null ? { depth: 0, cost: 0 } : this.selections(operation.selectionSet, type);
  }

  private selections(set: SelectionSetNode, parent: GraphQLOutputType): Weight {
    let depth = 0;
    let cost = 0;
    for (const selection of set.selections) {
      let weight: Weight;
      if (selection.kind === 'Field') weight = this.field(selection, parent);
      else if (selection.kind === 'InlineFragment') {
        weight = this.selections(selection.selectionSet, this.typeNamed(selection.typeCondition?.name.value) ?? parent);
      } else weight = this.fragment(selection.name.value);
      depth = Math.max(depth, weight.depth);
      cost = Math.min(cost + weight.cost, Number.MAX_SAFE_INTEGER);
    }
    return { depth, cost };
  }

  private field(field: FieldNode, parent: GraphQLOutputType): Weight {
    const name = field.name.value;
    if (name.startsWith('__')) return { depth: 0, cost: 0 };
    const object = getNamedType(parent);
    const definition = isObjectType(object) || isInterfaceType(object) ? object.getFields()[name] : undefined;
    if (field.selectionSet === undefined || definition === undefined) return { depth: 1, cost: 1 };
    const below = this.selections(field.selectionSet, definition.type);
    const times = pageSize(field) ?? (isListType(getNullableType(definition.type)) ? LIST_MEMBERS : 1);
    return { depth: below.depth + 1, cost: 1 + Math.min(below.cost * times, this.limits.maxCost * 1000) };
  }

  /** Each fragment is weighed once; cycles are another rule's business. */
  private fragment(name: string): Weight {
    const known = this.fragments.get(name);
    const fragment: FragmentDefinitionNode | null | undefined = this.context.getFragment(name);
    const type = this.typeNamed(fragment?.typeCondition.name.value);
    if (known !== undefined) return known;
    if (fragment == null || type === undefined || this.open.has(name)) return { depth: 0, cost: 0 };
    this.open.add(name);
    const weight = this.selections(fragment.selectionSet, type);
    this.open.delete(name);
    this.fragments.set(name, weight);
    return weight;
  }

  private typeNamed(name: string | undefined): GraphQLOutputType | undefined {
    if (name === undefined) return undefined;
    const type = this.context.getSchema().getType(name);
    return type !== undefined && (isObjectType(type) || isInterfaceType(type)) ? type : undefined;
  }
}

/** How long a page the field asks for; undefined where it takes no page size. The members are one level below, in a list. */
function pageSize(field: FieldNode): number | undefined {
  const argument = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
  if (argument === undefined) return undefined;
  // The list inside a page is counted as a list of its own; the page tells how long that list is.
  const size = argument.value.kind === 'IntValue' ? Number(argument.value.value) : MAX_PAGE;
  return Math.max(1, Math.ceil(Math.min(size, MAX_PAGE) / LIST_MEMBERS));
}

/** An escape in a string literal makes texts that no variable could bring in. */
function textRule(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      if (isStorable(node.value)) return;
      const message = 'Texts must not carry NUL or half of a surrogate pair; a string in the document does.';
      context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'TEXT_NOT_STORABLE' } }));
    },
  };
}
