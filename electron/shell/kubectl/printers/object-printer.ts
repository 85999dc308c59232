import { KubectlError } from '../errors.ts';
import type { FlagSpec } from '../flags.ts';
import { goSyntax, indentedJson } from '../go-format.ts';
import { GoTemplate, TemplateError } from '../go-template/template.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, nameOf, removeAt, stringAt, clone } from '../json.ts';
import { PathError } from '../../../base/jsonpath/evaluate.ts';
import { PathSyntaxError } from '../../../base/jsonpath/parse.ts';
import { JsonPathTemplate } from '../jsonpath/template.ts';
import { kindName, splitApiVersion } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { writeYaml } from '../yaml/write.ts';
import type { ObjectPrinter } from './interface.ts';

export const outputFlags: readonly FlagSpec[] = [
  {
    name: 'output',
    short: 'o',
    kind: 'string',
    values: ['json', 'yaml', 'name', 'jsonpath=', 'go-template='],
    help: {
      en: 'Output format: json, yaml, name, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, go-template=…',
      'pt-BR':
        'Formato da saída: json, yaml, name, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, go-template=…',
    },
  },
  {
    name: 'template',
    kind: 'string',
    help: {
      en: 'Template text or file for go-template and jsonpath outputs.',
      'pt-BR': 'Texto ou arquivo de modelo para as saídas go-template e jsonpath.',
    },
  },
  {
    name: 'show-managed-fields',
    kind: 'bool',
    help: { en: 'Keep managedFields in JSON and YAML.', 'pt-BR': 'Mantém managedFields em JSON e YAML.' },
  },
  {
    name: 'allow-missing-template-keys',
    kind: 'bool',
    initial: 'true',
    help: {
      en: 'Fields a template names may be absent.',
      'pt-BR': 'Campos citados num modelo podem faltar.',
    },
  },
];

export const formats = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'name',
  'template',
  'templatefile',
  'yaml',
];

/** `kind.group/name` */
export function objectName(object: JsonObject): string {
  const { group } = splitApiVersion(stringAt(object, 'apiVersion'));
  return `${kindName(stringAt(object, 'kind'), group)}/${nameOf(object)}`;
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const items = object['items'];
  const listed =
    Array.isArray(items) &&
    items.some((item) => isObject(item) && isObject(item['metadata']) && 'managedFields' in item['metadata']);
  const own = isObject(object['metadata']) && 'managedFields' in object['metadata'];
  if (!listed && !own) return object;
  const copy = clone(object);
  removeAt(copy, ['metadata', 'managedFields']);
  if (Array.isArray(copy['items']))
    for (const item of copy['items']) if (isObject(item)) removeAt(item, ['metadata', 'managedFields']);
  return copy;
}

/**
 * The printer for `-o`, or undefined when the format is none of the common ones (`wide`, `custom-columns` and '' are the
 * caller's). `typed` keeps the order of fields in JSON, as for objects a generator built.
 */
export async function objectPrinter(
  session: Session,
  output: string,
  typed = false,
): Promise<ObjectPrinter | undefined> {
  const { flags } = session;
  const eq = output.indexOf('=');
  const format = eq < 0 ? output : output.slice(0, eq);
  const argument = eq < 0 ? flags.string('template') : output.slice(eq + 1);
  const strip = (object: JsonObject): JsonObject =>
    flags.bool('show-managed-fields') ? object : withoutManagedFields(object);
  if (eq >= 0 && (format === 'json' || format === 'yaml' || format === 'name')) return undefined;
  switch (format) {
    case 'json':
      return { print: (object) => `${indentedJson(strip(object), '    ', !typed)}\n` };
    case 'yaml': {
      let count = 0;
      return { print: (object) => `${count++ > 0 ? '---\n' : ''}${writeYaml(strip(object))}` };
    }
    case 'name':
      return {
        print: (object) =>
          Array.isArray(object['items'])
            ? object['items']
                .filter(isObject)
                .map((item) => `${objectName(item)}\n`)
                .join('')
            : `${objectName(object)}\n`,
      };
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file':
      return pathPrinter(session, format, await templateText(session, format, argument), strip);
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile':
      return goTemplatePrinter(session, await templateText(session, format, argument), strip);
    default:
      return undefined;
  }
}

async function templateText(session: Session, format: string, argument: string): Promise<string> {
  if (argument === '') throw new KubectlError('template format specified but no template given');
  if (!format.endsWith('file')) return argument;
  try {
    return await session.io.fs.readText(session.io.path(argument));
  } catch {
    throw new KubectlError(
      `error reading --template ${argument}, open ${argument}: no such file or directory\n`,
    );
  }
}

function pathPrinter(
  session: Session,
  format: string,
  text: string,
  strip: (object: JsonObject) => JsonObject,
): ObjectPrinter {
  let template: JsonPathTemplate;
  try {
    template = new JsonPathTemplate(text);
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    throw new KubectlError(`error parsing jsonpath ${text}, ${error.message}`);
  }
  const allowMissing = session.flags.bool('allow-missing-template-keys');
  return {
    print(object) {
      const value = strip(object);
      try {
        return format === 'jsonpath-as-json'
          ? template.renderJson(value, { allowMissing })
          : template.render(value, { allowMissing });
      } catch (error) {
        if (!(error instanceof PathError)) throw error;
        throw new KubectlError(
          `error executing jsonpath ${JSON.stringify(text)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value as Json)}\n\n\n`,
        );
      }
    },
  };
}

function goTemplatePrinter(
  session: Session,
  text: string,
  strip: (object: JsonObject) => JsonObject,
): ObjectPrinter {
  let template: GoTemplate;
  try {
    template = new GoTemplate(text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new KubectlError(`error parsing template ${text}, ${error.message}`);
  }
  return {
    print(object) {
      const value = strip(object);
      try {
        return template.render(value, session.flags.bool('allow-missing-template-keys'));
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        throw new KubectlError(`error executing template ${JSON.stringify(text)}: ${error.message}`);
      }
    },
  };
}

/** The error for an unknown `-o`. */
export function noPrinter(output: string, allowed: readonly string[] = formats): KubectlError {
  return new KubectlError(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...allowed].sort().join(',')}`,
  );
}
