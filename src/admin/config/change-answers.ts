import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse } from '../openapi/decorators.js';
import { ApiProblem } from '../access/admin-controller.js';
import { ref } from '../openapi/shape.js';

/** Answers that every change of the configuration may get. */
export const ChangeAnswers = (description: string): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({ description, schema: ref('ConfigChanged') }),
    ApiProblem(404, 'There is no such section, object or version.'),
    ApiProblem(409, 'The file holds this object, or it exists already.'),
    ApiProblem(412, 'Somebody else has changed it since the version that you have read.'),
    ApiProblem(
      422,
      'The configuration would break rules: `faults` names every one. Nothing was stored.',
    ),
    ApiProblem(428, 'The request does not say which version it changes.'),
  );
