import { isDeepStrictEqual } from "node:util";
import ts from "typescript";

/*
 * Every run of the function compiles the validator, and most of its code only reports errors that don't occur. So the code
 * that ajv generates is rewritten to equivalent code with less text: each error is reported by a call with only what
 * messages need, and the schema is one JSON text that is parsed when the first message needs it.
 */

const helpers = `
const report = (errors, error) => (errors === null ? [error] : (errors.push(error), errors));
const failure = (errors, instancePath, keyword, params, parentSchema, schemaPath = "", propertyName) =>
  report(errors, { instancePath, schemaPath, keyword, params, parentSchema, propertyName });
const join = (errors, more) => (errors === null ? more : errors.concat(more));
let parsed;
const schema = () => (parsed ??= JSON.parse(text));
`;

/** The keywords that messages need, or that the validator itself looks up in the schema. */
const keptValues = new Set(["errorMessage", "patternErrorMessage", "enum", "examples", "required"]);

/**
 * Returns the schema without the keywords that only ajv needs.
 *
 * @param isNamed if true, the keys are names of fields or definitions, not keywords.
 */
function pruned(schema: unknown, isNamed = false): unknown {
  if (Array.isArray(schema)) return schema.map((element) => pruned(element));
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (isNamed) return [[key, pruned(value)]];
    if (keptValues.has(key)) return [[key, value]];
    const within = pruned(value, key === "properties" || key === "$defs");
    const isSchema = typeof within === "object" && within !== null && key !== "default";
    return isSchema ? [[key, within]] : [];
  });
  return Object.fromEntries(entries);
}

const { factory } = ts;
const call = (name: string, ...args: ts.Expression[]) =>
  factory.createCallExpression(factory.createIdentifier(name), undefined, args);
const assign = (name: string, value: ts.Expression) =>
  factory.createExpressionStatement(factory.createAssignment(factory.createIdentifier(name), value));
const undefinedArgument = factory.createVoidZero();

/** Returns the name and value of a statement `const NAME = VALUE` with one declaration; undefined for any other. */
function constant(statement: ts.Statement | undefined): { name: string; value: ts.Expression } | undefined {
  if (statement === undefined || !ts.isVariableStatement(statement)) return undefined;
  const [declaration, second] = statement.declarationList.declarations;
  if (declaration?.initializer === undefined || second !== undefined) return undefined;
  return { name: declaration.name.getText(), value: declaration.initializer };
}

/** Returns the value of a property, or undefined if the object has none of that name. */
function property(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const entry of object.properties) {
    if (entry.name?.getText() !== name) continue;
    return ts.isPropertyAssignment(entry) ? entry.initializer : factory.createIdentifier(name);
  }
  return undefined;
}

/** Returns the call that reports an error, given its object literal. Trailing undefined arguments are omitted. */
function reportCall(error: ts.ObjectLiteralExpression): ts.Expression {
  const errors = factory.createIdentifier("vErrors");
  const [path, keyword] = [property(error, "instancePath"), property(error, "keyword")];
  // Inside a `oneOf`, ajv only counts the errors.
  if (path === undefined || keyword === undefined)
    return call("report", errors, factory.createObjectLiteralExpression());
  const schemaPath = property(error, "schemaPath");
  // The message for a pattern is in the schema. The schema path shows which errors belong to a branch of a `oneOf`.
  const params = keyword.getText() === '"pattern"' ? undefined : property(error, "params");
  const branchPath = schemaPath?.getText().includes("/oneOf/") ? schemaPath : undefined;
  const args = [path, keyword, params, property(error, "parentSchema"), branchPath, property(error, "propertyName")];
  while (args.at(-1) === undefined) args.pop();
  return call("failure", errors, ...args.map((arg) => arg ?? undefinedArgument));
}

/** Reports whether a statement is ajv's `if (vErrors === null) { vErrors = [NAME]; } else { vErrors.push(NAME); }`. */
function isPush(statement: ts.Statement | undefined, name: string): boolean {
  const text = statement?.getText().replace(/\s/g, "");
  return text === `if(vErrors===null){vErrors=[${name}];}else{vErrors.push(${name});}`;
}

/**
 * Rewrites the validator that ajv generates as an ES module (all errors, verbose) to a shorter one. Its errors have
 * `instancePath`, `keyword`, `params` (except for patterns), `parentSchema` (only the keywords that messages need),
 * `propertyName`, and `schemaPath` if it contains a `oneOf`.
 *
 * @throws Error if the code doesn't have the expected form, such as after an update of ajv.
 */
export function compactValidator(code: string): string {
  const source = ts.createSourceFile("validate.js", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const schemas = schemasOf(source);
  const { transformed } = ts.transform(source, [
    (context) => (file) => rewrite(file, { schemas, context }) as ts.SourceFile,
  ]);
  const [root = {}] = schemas.values();
  const text = JSON.stringify(pruned(root));
  const body = ts
    .createPrinter()
    .printFile(transformed[0] as ts.SourceFile)
    .replace(/^"use strict";|export default \w+;$/gm, "")
    .replace(/const (\w+) = require\(("ajv\/[^"]*")\)\.default;/g, "import $1 from $2;");
  if (/\brequire\(|export default/.test(body)) throw new Error("the validator has an unexpected import or export");
  requireReferences(body, text);
  return `${body}${helpers}const text = ${JSON.stringify(text)};\n`;
}

/** Returns the schemas in ajv's code, by the name of their constant: the root schema first, then those of its `$defs`. */
function schemasOf(source: ts.SourceFile): ReadonlyMap<string, unknown> {
  const schemas = new Map<string, unknown>();
  for (const statement of source.statements) {
    const declared = constant(statement);
    if (declared !== undefined && /^schema\d+$/.test(declared.name))
      schemas.set(declared.name, JSON.parse(declared.value.getText()));
  }
  return schemas;
}

/** What rewriting a node needs. */
interface Rewriting {
  readonly schemas: ReadonlyMap<string, unknown>;
  readonly context: ts.TransformationContext;
}

function rewrite(node: ts.Node, rewriting: Rewriting): ts.Node {
  const replaced = replacement(node, rewriting);
  if (replaced !== undefined) return replaced;
  return ts.visitEachChild(node, (child) => rewrite(child, rewriting), rewriting.context);
}

/** Returns the node that replaces one; undefined if only its children can be replaced. */
function replacement(node: ts.Node, rewriting: Rewriting): ts.Node | undefined {
  if (ts.isSourceFile(node)) return factory.updateSourceFile(node, rewriteStatements(node.statements, rewriting));
  if (ts.isBlock(node)) return factory.updateBlock(node, rewriteStatements(node.statements, rewriting));
  if (ts.isIdentifier(node)) return schemaReference(node.text, rewriting.schemas);
  if (ts.isObjectLiteralExpression(node)) return pathArgument(node, rewriting);
  if (ts.isParameter(node)) return pathParameter(node);
  return ts.isConditionalExpression(node) ? joinCall(node) : undefined;
}

/** Removes the schemas' constants, and makes one call of each error's constant and the statement that reports it. */
function rewriteStatements(statements: readonly ts.Statement[], rewriting: Rewriting): ts.Statement[] {
  const result: ts.Statement[] = [];
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i] as ts.Statement;
    const declared = constant(statement);
    if (declared !== undefined && rewriting.schemas.has(declared.name)) continue;
    if (declared === undefined || !/^err\d+$/.test(declared.name)) {
      result.push(rewrite(statement, rewriting) as ts.Statement);
      continue;
    }
    if (!ts.isObjectLiteralExpression(declared.value) || !isPush(statements[i + 1], declared.name))
      throw new Error(`an error is not reported as expected: ${statement.getText()}`);
    result.push(assign("vErrors", rewrite(reportCall(declared.value), rewriting) as ts.Expression));
    i++;
  }
  return result;
}

/** Returns the expression for a schema's constant: `schema()` or `schema().$defs.NAME`; undefined for another name. */
function schemaReference(name: string, schemas: ReadonlyMap<string, unknown>): ts.Expression | undefined {
  if (!schemas.has(name)) return undefined;
  const [[rootName, root] = ["", {}]] = schemas;
  if (name === rootName) return call("schema");
  const definitions = Object.entries((root as { $defs?: object }).$defs ?? {});
  const found = definitions.find(([, definition]) => isDeepStrictEqual(definition, schemas.get(name)));
  if (found === undefined) throw new Error(`${name} is none of the schema's $defs`);
  return factory.createPropertyAccessExpression(
    factory.createPropertyAccessExpression(call("schema"), "$defs"),
    found[0],
  );
}

/** In `validate5(data.a, {instancePath: ..., parentData: data, ...})`, only the path is used. */
function pathArgument(node: ts.ObjectLiteralExpression, rewriting: Rewriting): ts.Node | undefined {
  if (property(node, "parentDataProperty") === undefined) return undefined;
  return rewrite(property(node, "instancePath") as ts.Expression, rewriting);
}

/** The parameter for that argument. */
function pathParameter({ name }: ts.ParameterDeclaration): ts.ParameterDeclaration | undefined {
  if (!ts.isObjectBindingPattern(name)) return undefined;
  const defaultPath = factory.createStringLiteral("");
  return factory.createParameterDeclaration(undefined, undefined, "instancePath", undefined, undefined, defaultPath);
}

/** Shortens `vErrors === null ? validate5.errors : vErrors.concat(validate5.errors)`. */
function joinCall({ condition, whenTrue }: ts.ConditionalExpression): ts.Expression | undefined {
  if (condition.getText() !== "vErrors === null") return undefined;
  return call("join", factory.createIdentifier("vErrors"), whenTrue);
}

/** Checks that everything that the validator looks up in the schema is in the pruned schema's text. */
function requireReferences(body: string, text: string): void {
  const schema: unknown = JSON.parse(text);
  for (const [reference, path = ""] of body.matchAll(/\bschema\(\)((?:\.[\w$]+|\[\d+\])*)/g)) {
    if (valueAt(schema, path.match(/[\w$]+/g) ?? []) === undefined)
      throw new Error(`${reference} is missing from the pruned schema`);
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((within, key) => (within as Record<string, unknown> | undefined)?.[key], value);
}
