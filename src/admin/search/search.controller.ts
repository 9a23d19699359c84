import { Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty } from '../openapi/decorators.js';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { AdminController } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { list, nullable, oneOf, ref, shape, text, time } from '../openapi/shape.js';
import { FOUND_KINDS, Search } from './search.js';

export const SEARCH_SCHEMAS = {
  SearchResult: shape({
    items: list(
      shape({
        kind: oneOf(FOUND_KINDS),
        id: text('As its own call takes it; of an order, a name for GET /api/v1/events?orderId='),
        title: text('For a person.'),
        at: nullable(time('Null for what stands in the configuration.')),
      }),
    ),
  }),
};

/** Parameters of `GET /api/v1/search`. */
export class SearchQuery {
  @ApiProperty({ description: 'What somebody holds a name of.', minLength: 1, maxLength: 256 })
  @MinLength(1, { message: 'must not be empty' })
  @MaxLength(256, { message: 'must not be longer than 256 characters' })
  @IsString({ message: 'must be given once, as a text' })
  q!: string;
}

@AdminController('search')
export class SearchController {
  constructor(@Inject(Search) private readonly search: Search) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary:
      'Whatever has this name: an id, a name of an order, a click id, or the beginning of the id of an account, target or offer',
    operationId: 'search',
  })
  @ApiOkResponse({ description: 'What was found.', schema: ref('SearchResult') })
  async find(@Query() { q }: SearchQuery) {
    return { items: await this.search.find(q) };
  }
}
