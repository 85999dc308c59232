import type { RequestInfo } from '../endpoints/request-info.ts';
import type { AuthorizationAttributes } from './interface.ts';

const BY_NAME = /(?:^|,)metadata\.name==?([^,]+)/;

/**
 * What a request asks to do. A list or watch of the one object that its field selector names counts as one of that object.
 * Models NewRequestInfo and GetAuthorizerAttributes (v1.34).
 */
export function attributesOf(info: RequestInfo): AuthorizationAttributes {
  if (info.name !== '' || (info.verb !== 'list' && info.verb !== 'watch')) return info;
  const selector = info.query.get('fieldSelector');
  if (selector === null || selector === '') return info;
  const name = BY_NAME.exec(selector)?.[1];
  return name === undefined ? info : { ...info, name };
}
