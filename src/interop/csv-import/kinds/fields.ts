/** The names of the fields of `after` that differ from `before`. */
export const changedFields = <Value extends object>(
  before: Value,
  after: Partial<Value>,
  names: readonly (keyof Value & string)[],
): string[] => names.filter((name) => name in after && after[name] !== before[name]);
