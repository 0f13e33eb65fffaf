import ts from 'typescript';
import { inRoot } from './node.mjs';

const EVENTS = 'libs/session-protocol/src/events.ts';

/**
 * JSON Schemas (2020-12) of what events carry, made from their types; named types become components of their own.
 * @returns {{ durable: Record<string, object>, passing: Record<string, object>, named: Record<string, object> }}
 */
export function payloadSchemas() {
  const file = inRoot(EVENTS);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    exactOptionalPropertyTypes: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const named = {};
  const writer = new SchemaWriter(checker, source, named);
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
  const payloadsOf = (name) => {
    const symbol = exported.find((one) => one.name === name);
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    return Object.fromEntries(type.getProperties().map((property) => [property.name, writer.property(property)]));
  };
  return { durable: payloadsOf('DurableEvents'), passing: payloadsOf('PassingEvents'), named };
}

class SchemaWriter {
  constructor(checker, source, named) {
    this.checker = checker;
    this.source = source;
    this.named = named;
  }

  property(symbol) {
    const type = this.checker.getTypeOfSymbol(symbol);
    const schema = this.schema(isOptional(symbol) ? this.checker.getNonNullableType(type) : type);
    const about = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    return about === '' ? schema : { description: about, ...schema };
  }

  schema(type) {
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isUnion()) return this.union(type.types);
    if (this.checker.isArrayType(type)) {
      return { type: 'array', items: this.schema(this.checker.getTypeArguments(type)[0]) };
    }
    const name = this.nameOf(type);
    if (name === undefined) return this.object(type);
    if (!this.named[name]) {
      this.named[name] = {};
      this.named[name] = this.object(type);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  union(types) {
    const defined = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    if (defined.every((type) => type.flags & ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
    if (defined.every((type) => type.isStringLiteral())) {
      // The compiler's own order depends on what it met first.
      return { type: 'string', enum: defined.map(({ value }) => value).sort() };
    }
    if (defined.length === 1) return this.schema(defined[0]);
    return { anyOf: defined.map((type) => this.schema(type)) };
  }

  object(type) {
    const index = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    const properties = this.checker.getPropertiesOfType(type);
    const required = properties.filter((one) => !isOptional(one)).map(({ name }) => name);
    return {
      type: 'object',
      ...(properties.length > 0
        ? { properties: Object.fromEntries(properties.map((one) => [one.name, this.property(one)])) }
        : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(index && !(index.flags & ts.TypeFlags.Unknown) ? { additionalProperties: this.schema(index) } : {}),
    };
  }

  /** Interfaces of the protocol are shared; all else is written where it stands. */
  nameOf(type) {
    const declaration = type.symbol?.declarations?.[0];
    const isOurs = declaration?.getSourceFile() === this.source && ts.isInterfaceDeclaration(declaration);
    return isOurs ? type.symbol.name : undefined;
  }
}

const isOptional = (symbol) => (symbol.flags & ts.SymbolFlags.Optional) !== 0;
