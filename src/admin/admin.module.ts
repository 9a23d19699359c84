import { Module, type DynamicModule } from '@nestjs/common';

@Module({})
export class AdminModule {
  static forRoot(_key: string): DynamicModule {
    return { module: AdminModule };
  }
}
