import type { Route } from "../router.ts";
import type { WebhookSender } from "../webhooks/sender.ts";
import { actionsRoutes } from "./actions.ts";
import { appRoutes } from "./apps.ts";
import { checkRoutes } from "./checks.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { gitRoutes } from "./git.ts";
import { assigneeRoutes, issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { milestoneRoutes } from "./milestones.ts";
import { pullRoutes } from "./pulls.ts";
import { reactionRoutes } from "./reactions.ts";
import { deploymentRoutes, releaseRoutes } from "./releases.ts";
import { installationRepositoryRoutes, permissionRoutes, repositoryRoutes } from "./repositories.ts";
import { reviewRoutes } from "./reviews.ts";
import { searchRoutes } from "./search.ts";
import { protectionRoutes, statusRoutes } from "./statuses.ts";

/** Everything the stand-in answers below `/api/v3`. */
export function allRoutes(sender: WebhookSender): readonly Route[] {
  return [
    ...appRoutes,
    ...deliveryRoutes(sender),
    ...installationRepositoryRoutes,
    ...repositoryRoutes,
    ...permissionRoutes,
    ...contentRoutes,
    ...gitRoutes,
    ...commitRoutes,
    ...issueRoutes,
    ...assigneeRoutes,
    ...labelRoutes,
    ...commentRoutes,
    ...reactionRoutes,
    ...pullRoutes,
    ...reviewRoutes,
    ...checkRoutes,
    ...statusRoutes,
    ...protectionRoutes,
    ...actionsRoutes,
    ...milestoneRoutes,
    ...releaseRoutes,
    ...deploymentRoutes,
    ...searchRoutes,
  ];
}
