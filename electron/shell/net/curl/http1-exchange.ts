import { request as httpRequest } from 'node:http';
import { asCurlError, CurlError } from './curl-error.ts';
import { joinedHeaders, type Exchange } from './exchange.ts';

const broken = (): CurlError => new CurlError(18, 'transfer closed with outstanding read data remaining');

export const exchangeHttp1: Exchange = (socket, sent, host, signal) =>
  new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        createConnection: () => socket,
        host,
        method: sent.method,
        path: sent.path,
        headers: { ...sent.headers },
        setDefaultHeaders: false,
        signal,
      },
      (answer) => {
        const { statusCode: status = 0, httpVersion: version, rawHeaders } = answer;
        const head = [`HTTP/${version} ${String(status)} ${answer.statusMessage ?? ''}`];
        for (let at = 0; at < rawHeaders.length; at += 2)
          head.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`);
        const headers = joinedHeaders(answer.headers);
        resolve({
          status,
          head,
          version,
          headers,
          body: answer,
          broken,
          destroy: () => void answer.destroy(),
        });
      },
    );
    call.on('error', (error: Error) => {
      socket.destroy();
      reject(signal.aborted ? error : asCurlError(error, { host, secured: true }));
    });
    call.end(sent.body);
  });
