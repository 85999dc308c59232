import { decodeBody, MAX_BODY_BYTES } from '../../api/decode-body.ts';
import type { DecodedBody, FieldValidation } from '../../api/decode-body.ts';
import type { CustomKind } from '../../api/strategy.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import { JsonSyntaxError, parseJsonValue } from '../../apimachinery/json.ts';
import { newBadRequest, newRequestEntityTooLarge } from '../../apimachinery/status.ts';
import { parseYaml, YamlSyntaxError } from '../../apimachinery/yaml.ts';
import type { HttpRequest } from '../../network/http.ts';
import type { StagedExchange } from './staged-exchange.ts';
import type { JsonObject } from './wire-order.ts';
import { isJsonObject } from './wire-order.ts';

/** @throws StatusError 413 */
export function checkBodySize(request: HttpRequest): void {
  const { body } = request;
  const size = body?.type === 'bytes' ? body.bytes.byteLength : body?.type === 'text' ? body.text.length : 0;
  if (size > MAX_BODY_BYTES) throw newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
}

/** The text of a body that came as bytes or text; '' without one. */
export function bodyText(request: HttpRequest): string {
  const { body } = request;
  if (body === undefined || body.type === 'object') return '';
  return body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes);
}

/** Media type of the body without parameters; '' when it does not say. */
export function contentTypeOf(request: HttpRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The object of a create or update; `custom` is what a kind out of the scheme brings along. @throws StatusError 400, 413, 415 */
export function decodeRequestObject(
  { request, observer }: Pick<StagedExchange, 'request' | 'observer'>,
  gvk: GroupVersionKind,
  validation: FieldValidation,
  custom?: CustomKind,
): DecodedBody {
  const { body } = request;
  const content = body?.type === 'object' ? body.value : body?.type === 'bytes' ? body.bytes : body?.text;
  const decoded = decodeBody({
    // What crossed the simulated network as a value is typed already, whatever the header says.
    ...(body?.type === 'object' ? {} : { contentType: contentTypeOf(request) }),
    body: content as object | Uint8Array | string | undefined,
    expected: gvk,
    fieldValidation: validation,
    ...(custom === undefined ? {} : { custom }),
  });
  observer?.onRequestObject(decoded.object);
  return decoded;
}

/** An options object such as DeleteOptions; undefined without a body. @throws StatusError 400, 413 */
export function decodeRequestOptions(request: HttpRequest, kind: string): JsonObject | undefined {
  const { body } = request;
  if (body === undefined) return undefined;
  checkBodySize(request);
  const value =
    body.type === 'object' ? body.value : parseOptions(bodyText(request), contentTypeOf(request), kind);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value))
    throw newBadRequest(`the object provided is unrecognized (must be of type ${kind})`);
  return value;
}

function parseOptions(text: string, contentType: string, kind: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return contentType === 'application/yaml' ? parseYaml(text) : parseJsonValue(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError || error instanceof YamlSyntaxError)) throw error;
    const why = `couldn't get version/kind; json parse error: ${error.message}`;
    throw newBadRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`);
  }
}
