import type * as Swagger from '@nestjs/swagger';

type Decorators = {
  [
    Name in keyof typeof Swagger as Name extends `Api${string}` ? Name : never
  ]: (typeof Swagger)[Name];
};
type Target = Parameters<ClassDecorator & PropertyDecorator & MethodDecorator>;
type AnyDecorator = (...where: Target) => void;

/** What was said of classes, methods and properties since the last document, in the order in which it was said. */
const said: ((swagger: typeof Swagger) => void)[] = [];

/** A decorator of `@nestjs/swagger` that takes effect when the document is made. */
function later<Name extends keyof Decorators>(name: Name): Decorators[Name] {
  const decorator =
    (...options: unknown[]): AnyDecorator =>
    (...where) => {
      said.push((swagger) => {
        const real = swagger[name] as (...given: unknown[]) => AnyDecorator;
        real(...options)(...where);
      });
    };
  return decorator as unknown as Decorators[Name];
}

/*
 * The library behind these describes the API, and most processes are never asked to: it is 530 files, a tenth of the time to
 * start, and 6 MB. So the descriptions are kept, and the library is loaded with the first document.
 */
export const ApiAcceptedResponse = later('ApiAcceptedResponse');
export const ApiBearerAuth = later('ApiBearerAuth');
export const ApiBody = later('ApiBody');
export const ApiCreatedResponse = later('ApiCreatedResponse');
export const ApiExtension = later('ApiExtension');
export const ApiHeader = later('ApiHeader');
export const ApiOkResponse = later('ApiOkResponse');
export const ApiOperation = later('ApiOperation');
export const ApiParam = later('ApiParam');
export const ApiProperty = later('ApiProperty');
export const ApiPropertyOptional = later('ApiPropertyOptional');
export const ApiResponse = later('ApiResponse');
export const ApiTags = later('ApiTags');

/** The library, with everything that the decorators above said. */
export async function describedSwagger(): Promise<typeof Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const say of said.splice(0)) say(swagger);
  return swagger;
}
