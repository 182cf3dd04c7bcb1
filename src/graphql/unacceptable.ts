import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

const PROBLEM = 'application/problem+json';

/**
 * Says why there is no answer in the types that a request accepts, where Yoga would send an empty 406; to be the last plugin.
 * A subscription that nobody will read is given up.
 */
export function useReasonsForUnacceptable(): Plugin {
  return {
    onResultProcess({ result, resultProcessor, acceptableMediaTypes, setResultProcessor }) {
      if (resultProcessor) return;
      setResultProcessor((_result, fetchApi) => {
        if (isAsyncIterable<ExecutionResult>(result)) void result[Symbol.asyncIterator]().return?.();
        const types = [...new Set(acceptableMediaTypes)];
        const detail = types.includes('application/json')
          ? `There are answers as ${types.join(', ')}, in UTF-8.`
          : 'A subscription is answered in events: send Accept: text/event-stream, or use a socket.';
        const problem = { type: 'about:blank', title: 'Not Acceptable', status: 406, detail };
        return new fetchApi.Response(JSON.stringify(problem), {
          status: 406,
          headers: { 'content-type': `${PROBLEM}; charset=utf-8` },
        });
      }, PROBLEM);
    },
  };
}
