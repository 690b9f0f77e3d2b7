import { isDeepStrictEqual } from "node:util";
import ts from "typescript";

/*
 * A run compiles the validator anew each time, and what compiles is mostly the reports of errors that do not come. So
 * the code that ajv generates is rewritten to the same code with less text: a report is a call, and holds no more than
 * messages are made from; and the schema is one text of JSON, read when the first message asks for it.
 */

const helpers = `
const report = (errors, error) => (errors === null ? [error] : (errors.push(error), errors));
const failure = (errors, instancePath, keyword, params, parentSchema, schemaPath = "", propertyName) =>
  report(errors, { instancePath, schemaPath, keyword, params, parentSchema, propertyName });
const join = (errors, more) => (errors === null ? more : errors.concat(more));
let parsed;
const schema = () => (parsed ??= JSON.parse(text));
`;

/** What messages are made from, and what the validator itself looks up in the schema. */
const keptValues = new Set(["errorMessage", "patternErrorMessage", "enum", "examples"]);

/** The schema without what only the validator's code is made from. */
function pruned(schema: unknown, names = false): unknown {
  if (Array.isArray(schema)) return schema.map((one) => pruned(one));
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (names) return [[key, pruned(value)]];
    if (key === "examples") return [[key, (value as unknown[]).slice(0, 1)]];
    if (keptValues.has(key)) return [[key, value]];
    const within = pruned(value, key === "properties" || key === "$defs");
    const isSchema = typeof within === "object" && within !== null && !["default", "required"].includes(key);
    return isSchema ? [[key, within]] : [];
  });
  return Object.fromEntries(entries);
}

const { factory } = ts;
const call = (name: string, ...args: ts.Expression[]) =>
  factory.createCallExpression(factory.createIdentifier(name), undefined, args);
const assign = (name: string, value: ts.Expression) =>
  factory.createExpressionStatement(factory.createAssignment(factory.createIdentifier(name), value));
const absent = factory.createVoidZero();

/** A declaration `const NAME = VALUE` that stands alone. */
function constant(statement: ts.Statement | undefined): { name: string; value: ts.Expression } | undefined {
  if (statement === undefined || !ts.isVariableStatement(statement)) return undefined;
  const [declaration, second] = statement.declarationList.declarations;
  if (declaration?.initializer === undefined || second !== undefined) return undefined;
  return { name: declaration.name.getText(), value: declaration.initializer };
}

function property(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const entry of object.properties) {
    if (entry.name?.getText() !== name) continue;
    return ts.isPropertyAssignment(entry) ? entry.initializer : factory.createIdentifier(name);
  }
  return undefined;
}

/** A report, by the error's literal: everything behind the last argument that is there is left out. */
function reportOf(error: ts.ObjectLiteralExpression): ts.Expression {
  const errors = factory.createIdentifier("vErrors");
  const [path, keyword] = [property(error, "instancePath"), property(error, "keyword")];
  // Within a choice only their number counts.
  if (path === undefined || keyword === undefined)
    return call("report", errors, factory.createObjectLiteralExpression());
  const schemaPath = property(error, "schemaPath");
  // The message of a pattern is in the schema; the path tells what belongs to one of several choices.
  const params = keyword.getText() === '"pattern"' ? undefined : property(error, "params");
  const within = schemaPath?.getText().includes("/oneOf/") ? schemaPath : undefined;
  const args = [path, keyword, params, property(error, "parentSchema"), within, property(error, "propertyName")];
  while (args.at(-1) === undefined) args.pop();
  return call("failure", errors, ...args.map((arg) => arg ?? absent));
}

/** Whether a statement is ajv's `if (vErrors === null) { vErrors = [NAME]; } else { vErrors.push(NAME); }`. */
function isPush(statement: ts.Statement | undefined, name: string): boolean {
  const text = statement?.getText().replace(/\s/g, "");
  return text === `if(vErrors===null){vErrors=[${name}];}else{vErrors.push(${name});}`;
}

/**
 * Rewrites the validator that ajv generates as an ES module (all errors, verbose) to a shorter one, whose errors hold
 * `instancePath`, `keyword`, `params` (but for patterns), `parentSchema` (as far as messages ask for it),
 * `propertyName`, and `schemaPath` where it leads through a `oneOf`.
 *
 * @throws Error where the code is not of the form that is known, as after an update of ajv.
 */
export function compactValidator(code: string): string {
  const source = ts.createSourceFile("validate.js", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const schemas = new Map<string, unknown>();
  for (const statement of source.statements) {
    const declared = constant(statement);
    if (declared !== undefined && /^schema\d+$/.test(declared.name))
      schemas.set(declared.name, JSON.parse(declared.value.getText()));
  }
  const [[rootName, root] = ["", {}]] = schemas;
  const definitions = Object.entries((root as { $defs?: object }).$defs ?? {});

  /** Where a schema of the code stands in the whole. */
  const placeOf = (name: string): ts.Expression => {
    if (name === rootName) return call("schema");
    const found = definitions.find(([, definition]) => isDeepStrictEqual(definition, schemas.get(name)));
    if (found === undefined) throw new Error(`${name} is none of the schema's $defs`);
    return factory.createPropertyAccessExpression(
      factory.createPropertyAccessExpression(call("schema"), "$defs"),
      found[0],
    );
  };

  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const statements = (list: readonly ts.Statement[]): ts.Statement[] => {
      const result: ts.Statement[] = [];
      for (let i = 0; i < list.length; i++) {
        const statement = list[i] as ts.Statement;
        const declared = constant(statement);
        if (declared !== undefined && schemas.has(declared.name)) continue;
        if (declared !== undefined && /^err\d+$/.test(declared.name)) {
          if (!ts.isObjectLiteralExpression(declared.value) || !isPush(list[i + 1], declared.name))
            throw new Error(`an error is not reported as expected: ${statement.getText()}`);
          result.push(assign("vErrors", ts.visitNode(reportOf(declared.value), visit) as ts.Expression));
          i++;
          continue;
        }
        result.push(ts.visitNode(statement, visit) as ts.Statement);
      }
      return result;
    };
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isSourceFile(node)) return factory.updateSourceFile(node, statements(node.statements));
      if (ts.isBlock(node)) return factory.updateBlock(node, statements(node.statements));
      if (ts.isIdentifier(node) && schemas.has(node.text)) return placeOf(node.text);
      // `validate5(data.a, {instancePath: ..., parentData: data, ...})`: nothing here asks for more than the path.
      if (ts.isObjectLiteralExpression(node) && property(node, "parentDataProperty") !== undefined)
        return ts.visitNode(property(node, "instancePath") as ts.Expression, visit);
      if (ts.isParameter(node) && ts.isObjectBindingPattern(node.name))
        return factory.createParameterDeclaration(
          undefined,
          undefined,
          "instancePath",
          undefined,
          undefined,
          factory.createStringLiteral(""),
        );
      // `vErrors === null ? validate5.errors : vErrors.concat(validate5.errors)`
      if (ts.isConditionalExpression(node) && node.condition.getText() === "vErrors === null")
        return call("join", factory.createIdentifier("vErrors"), node.whenTrue);
      return ts.visitEachChild(node, visit, context);
    };
    return (file) => visit(file) as ts.SourceFile;
  };
  const { transformed } = ts.transform(source, [transformer]);
  const text = JSON.stringify(pruned(root));
  const body = ts
    .createPrinter()
    .printFile(transformed[0] as ts.SourceFile)
    .replace(/^"use strict";|export default \w+;$/gm, "")
    .replace(/const (\w+) = require\(("ajv\/[^"]*")\)\.default;/g, "import $1 from $2;");
  if (/\brequire\(|export default/.test(body)) throw new Error("the validator loads or exports what is not known");
  for (const [place, path = ""] of body.matchAll(/\bschema\(\)((?:\.[\w$]+|\[\d+\])*)/g)) {
    if (valueAt(JSON.parse(text), path.match(/[\w$]+/g) ?? []) === undefined) throw new Error(`${place} was left out`);
  }
  return `${body}${helpers}const text = ${JSON.stringify(text)};\n`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((within, key) => (within as Record<string, unknown> | undefined)?.[key], value);
}
