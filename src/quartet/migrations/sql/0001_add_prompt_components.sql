-- Create enum for component types
CREATE TYPE component_type AS ENUM ('role', 'style', 'context', 'mode');

-- Create Component table
CREATE TABLE "Component" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "type" component_type NOT NULL,
  "name" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "description" TEXT,
  "tags" TEXT[] DEFAULT '{}',
  "usageCount" INTEGER NOT NULL DEFAULT 0,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "updatedAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

-- Create indexes for Component
CREATE INDEX "component_user_type_idx" ON "Component"("userId", "type");
CREATE INDEX "component_user_name_idx" ON "Component"("userId", "name");

-- Create Preset table (ALL component IDs are NULLABLE)
CREATE TABLE "Preset" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "roleId" UUID REFERENCES "Component"("id") ON DELETE SET NULL,
  "styleId" UUID REFERENCES "Component"("id") ON DELETE SET NULL,
  "contextId" UUID REFERENCES "Component"("id") ON DELETE SET NULL,
  "modeId" UUID REFERENCES "Component"("id") ON DELETE SET NULL,
  "usageCount" INTEGER NOT NULL DEFAULT 0,
  "lastUsedAt" TIMESTAMP,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "updatedAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

-- Create indexes for Preset
CREATE INDEX "preset_user_idx" ON "Preset"("userId");
CREATE INDEX "preset_usage_idx" ON "Preset"("usageCount");
CREATE INDEX "preset_last_used_idx" ON "Preset"("lastUsedAt");

-- Create Subscription table
CREATE TABLE "Subscription" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL UNIQUE REFERENCES "User"("id") ON DELETE CASCADE,
  "polarCustomerId" TEXT NOT NULL UNIQUE,
  "polarSubscriptionId" TEXT UNIQUE,
  "plan" VARCHAR(32) NOT NULL DEFAULT 'free',
  "status" VARCHAR(32) NOT NULL DEFAULT 'active',
  "currentPeriodStart" TIMESTAMP,
  "currentPeriodEnd" TIMESTAMP,
  "cancelAtPeriodEnd" BOOLEAN NOT NULL DEFAULT false,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "updatedAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

-- Create indexes for Subscription
CREATE INDEX "subscription_user_idx" ON "Subscription"("userId");
CREATE INDEX "subscription_polar_customer_idx" ON "Subscription"("polarCustomerId");
