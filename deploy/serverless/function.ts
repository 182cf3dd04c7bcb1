// The whole API as one function, for hosts whose functions take a Request and give a Response (Vercel's Node.js runtime,
// Netlify, Google Cloud with its fetch adapter, and others). See deploy/databases.md, "Serverless", for the settings.
import { createFetchHandler } from '../../src/fetch.ts';

// Outside of the function: made once for each instance, and used by all requests that it is given.
const handler = createFetchHandler();

const answer = (request: Request): Promise<Response> => handler.fetch(request);

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as POST };
