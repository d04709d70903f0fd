import { Logger } from '@aws-lambda-powertools/logger';
import { failedPage, invalidPage } from '../core/approval-page.ts';
import type { Instant } from '../core/duration.ts';
import { type AnswerByLinkPorts, answerByLink, openLink, type Shown } from '../steps/answer-by-link.ts';
import { pageHeaders } from '../steps/page-headers.ts';
import type { StepLogger } from './step-handler.ts';

/** What a function URL tells of a request, as far as it is read here. */
interface UrlRequest {
  readonly rawPath?: string;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: { readonly http?: { readonly method?: string } };
}

export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** More than a token, an answer and a reason take, encoded. */
const LONGEST_BODY = 4_096;

/** Serves the page of links. A request is never logged, since its address has the token. */
export function approvalLinkRequests(
  ports: AnswerByLinkPorts,
  clock: () => Instant = Date.now,
  logger: Pick<StepLogger, 'error'> = new Logger({ serviceName: 'self-healing' }),
): (event: UrlRequest) => Promise<UrlAnswer> {
  return async (event) => {
    try {
      const shown = await serve(event, ports, clock());
      return { statusCode: shown.found ? 200 : 404, headers: pageHeaders, body: shown.page };
    } catch (error) {
      logger.error('the request failed', { error });
      return { statusCode: 500, headers: pageHeaders, body: failedPage() };
    }
  };
}

async function serve(event: UrlRequest, ports: AnswerByLinkPorts, now: Instant): Promise<Shown> {
  switch (event.requestContext?.http?.method) {
    case 'GET':
      return openLink(event.rawPath?.split('/').at(-1), ports, now);
    case 'POST': {
      const form = formOf(event);
      return answerByLink({ token: form.get('token'), answer: form.get('answer'), reason: form.get('reason') }, ports, now);
    }
    default:
      return { found: false, page: invalidPage() };
  }
}

function formOf({ body = '', isBase64Encoded = false }: UrlRequest): URLSearchParams {
  if (body.length > LONGEST_BODY) return new URLSearchParams();
  return new URLSearchParams(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
}
