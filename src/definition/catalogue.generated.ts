// Written by scripts/generate-catalogue.ts from the installed @octokit packages; not to be edited.

/** The methods of octokit.rest, as `issues.addLabels`. */
export const restMethods: ReadonlySet<string> = new Set(
  `
actions.addCustomLabelsToSelfHostedRunnerForOrg actions.addCustomLabelsToSelfHostedRunnerForRepo
actions.addRepoAccessToSelfHostedRunnerGroupInOrg actions.addSelectedRepoToOrgSecret
actions.addSelectedRepoToOrgVariable actions.approveWorkflowRun actions.cancelWorkflowRun
actions.createEnvironmentVariable actions.createHostedRunnerForOrg actions.createOrUpdateEnvironmentSecret
actions.createOrUpdateOrgSecret actions.createOrUpdateRepoSecret actions.createOrgVariable
actions.createRegistrationTokenForOrg actions.createRegistrationTokenForRepo actions.createRemoveTokenForOrg
actions.createRemoveTokenForRepo actions.createRepoVariable actions.createWorkflowDispatch
actions.deleteActionsCacheById actions.deleteActionsCacheByKey actions.deleteArtifact
actions.deleteCustomImageFromOrg actions.deleteCustomImageVersionFromOrg actions.deleteEnvironmentSecret
actions.deleteEnvironmentVariable actions.deleteHostedRunnerForOrg actions.deleteOrgSecret
actions.deleteOrgVariable actions.deleteRepoSecret actions.deleteRepoVariable
actions.deleteSelfHostedRunnerFromOrg actions.deleteSelfHostedRunnerFromRepo actions.deleteWorkflowRun
actions.deleteWorkflowRunLogs actions.disableSelectedRepositoryGithubActionsOrganization
actions.disableWorkflow actions.downloadArtifact actions.downloadJobLogsForWorkflowRun
actions.downloadWorkflowRunAttemptLogs actions.downloadWorkflowRunLogs
actions.enableSelectedRepositoryGithubActionsOrganization actions.enableWorkflow
actions.forceCancelWorkflowRun actions.generateRunnerJitconfigForOrg actions.generateRunnerJitconfigForRepo
actions.getActionsCacheList actions.getActionsCacheUsage actions.getActionsCacheUsageByRepoForOrg
actions.getActionsCacheUsageForOrg actions.getAllowedActionsOrganization actions.getAllowedActionsRepository
actions.getArtifact actions.getCustomImageForOrg actions.getCustomImageVersionForOrg
actions.getCustomOidcSubClaimForRepo actions.getEnvironmentPublicKey actions.getEnvironmentSecret
actions.getEnvironmentVariable actions.getGithubActionsDefaultWorkflowPermissionsOrganization
actions.getGithubActionsDefaultWorkflowPermissionsRepository actions.getGithubActionsPermissionsOrganization
actions.getGithubActionsPermissionsRepository actions.getHostedRunnerForOrg
actions.getHostedRunnersGithubOwnedImagesForOrg actions.getHostedRunnersLimitsForOrg
actions.getHostedRunnersMachineSpecsForOrg actions.getHostedRunnersPartnerImagesForOrg
actions.getHostedRunnersPlatformsForOrg actions.getJobForWorkflowRun actions.getOrgPublicKey
actions.getOrgSecret actions.getOrgVariable actions.getPendingDeploymentsForRun actions.getRepoPermissions
actions.getRepoPublicKey actions.getRepoSecret actions.getRepoVariable actions.getReviewsForRun
actions.getSelfHostedRunnerForOrg actions.getSelfHostedRunnerForRepo actions.getWorkflow
actions.getWorkflowAccessToRepository actions.getWorkflowRun actions.getWorkflowRunAttempt
actions.getWorkflowRunUsage actions.getWorkflowUsage actions.listArtifactsForRepo
actions.listCustomImageVersionsForOrg actions.listCustomImagesForOrg actions.listEnvironmentSecrets
actions.listEnvironmentVariables actions.listGithubHostedRunnersInGroupForOrg actions.listHostedRunnersForOrg
actions.listJobsForWorkflowRun actions.listJobsForWorkflowRunAttempt
actions.listLabelsForSelfHostedRunnerForOrg actions.listLabelsForSelfHostedRunnerForRepo
actions.listOrgSecrets actions.listOrgVariables actions.listRepoOrganizationSecrets
actions.listRepoOrganizationVariables actions.listRepoSecrets actions.listRepoVariables
actions.listRepoWorkflows actions.listRunnerApplicationsForOrg actions.listRunnerApplicationsForRepo
actions.listSelectedReposForOrgSecret actions.listSelectedReposForOrgVariable
actions.listSelectedRepositoriesEnabledGithubActionsOrganization actions.listSelfHostedRunnersForOrg
actions.listSelfHostedRunnersForRepo actions.listWorkflowRunArtifacts actions.listWorkflowRuns
actions.listWorkflowRunsForRepo actions.reRunJobForWorkflowRun actions.reRunWorkflow
actions.reRunWorkflowFailedJobs actions.removeAllCustomLabelsFromSelfHostedRunnerForOrg
actions.removeAllCustomLabelsFromSelfHostedRunnerForRepo actions.removeCustomLabelFromSelfHostedRunnerForOrg
actions.removeCustomLabelFromSelfHostedRunnerForRepo actions.removeSelectedRepoFromOrgSecret
actions.removeSelectedRepoFromOrgVariable actions.reviewCustomGatesForRun
actions.reviewPendingDeploymentsForRun actions.setAllowedActionsOrganization
actions.setAllowedActionsRepository actions.setCustomLabelsForSelfHostedRunnerForOrg
actions.setCustomLabelsForSelfHostedRunnerForRepo actions.setCustomOidcSubClaimForRepo
actions.setGithubActionsDefaultWorkflowPermissionsOrganization
actions.setGithubActionsDefaultWorkflowPermissionsRepository actions.setGithubActionsPermissionsOrganization
actions.setGithubActionsPermissionsRepository actions.setSelectedReposForOrgSecret
actions.setSelectedReposForOrgVariable actions.setSelectedRepositoriesEnabledGithubActionsOrganization
actions.setWorkflowAccessToRepository actions.updateEnvironmentVariable actions.updateHostedRunnerForOrg
actions.updateOrgVariable actions.updateRepoVariable activity.checkRepoIsStarredByAuthenticatedUser
activity.deleteRepoSubscription activity.deleteThreadSubscription activity.getFeeds
activity.getRepoSubscription activity.getThread activity.getThreadSubscriptionForAuthenticatedUser
activity.listEventsForAuthenticatedUser activity.listNotificationsForAuthenticatedUser
activity.listOrgEventsForAuthenticatedUser activity.listPublicEvents activity.listPublicEventsForRepoNetwork
activity.listPublicEventsForUser activity.listPublicOrgEvents activity.listReceivedEventsForUser
activity.listReceivedPublicEventsForUser activity.listRepoEvents
activity.listRepoNotificationsForAuthenticatedUser activity.listReposStarredByAuthenticatedUser
activity.listReposStarredByUser activity.listReposWatchedByUser activity.listStargazersForRepo
activity.listWatchedReposForAuthenticatedUser activity.listWatchersForRepo activity.markNotificationsAsRead
activity.markRepoNotificationsAsRead activity.markThreadAsDone activity.markThreadAsRead
activity.setRepoSubscription activity.setThreadSubscription activity.starRepoForAuthenticatedUser
activity.unstarRepoForAuthenticatedUser apps.addRepoToInstallation
apps.addRepoToInstallationForAuthenticatedUser apps.checkToken apps.createFromManifest
apps.createInstallationAccessToken apps.deleteAuthorization apps.deleteInstallation apps.deleteToken
apps.getAuthenticated apps.getBySlug apps.getInstallation apps.getOrgInstallation apps.getRepoInstallation
apps.getSubscriptionPlanForAccount apps.getSubscriptionPlanForAccountStubbed apps.getUserInstallation
apps.getWebhookConfigForApp apps.getWebhookDelivery apps.listAccountsForPlan apps.listAccountsForPlanStubbed
apps.listInstallationReposForAuthenticatedUser apps.listInstallationRequestsForAuthenticatedApp
apps.listInstallations apps.listInstallationsForAuthenticatedUser apps.listPlans apps.listPlansStubbed
apps.listReposAccessibleToInstallation apps.listSubscriptionsForAuthenticatedUser
apps.listSubscriptionsForAuthenticatedUserStubbed apps.listWebhookDeliveries apps.redeliverWebhookDelivery
apps.removeRepoFromInstallation apps.removeRepoFromInstallationForAuthenticatedUser apps.resetToken
apps.revokeInstallationAccessToken apps.scopeToken apps.suspendInstallation apps.unsuspendInstallation
apps.updateWebhookConfigForApp billing.getGithubActionsBillingOrg billing.getGithubActionsBillingUser
billing.getGithubBillingPremiumRequestUsageReportOrg billing.getGithubBillingPremiumRequestUsageReportUser
billing.getGithubBillingUsageReportOrg billing.getGithubBillingUsageReportUser
billing.getGithubPackagesBillingOrg billing.getGithubPackagesBillingUser billing.getSharedStorageBillingOrg
billing.getSharedStorageBillingUser campaigns.createCampaign campaigns.deleteCampaign
campaigns.getCampaignSummary campaigns.listOrgCampaigns campaigns.updateCampaign checks.create
checks.createSuite checks.get checks.getSuite checks.listAnnotations checks.listForRef checks.listForSuite
checks.listSuitesForRef checks.rerequestRun checks.rerequestSuite checks.setSuitesPreferences checks.update
codeScanning.commitAutofix codeScanning.createAutofix codeScanning.createVariantAnalysis
codeScanning.deleteAnalysis codeScanning.deleteCodeqlDatabase codeScanning.getAlert codeScanning.getAnalysis
codeScanning.getAutofix codeScanning.getCodeqlDatabase codeScanning.getDefaultSetup codeScanning.getSarif
codeScanning.getVariantAnalysis codeScanning.getVariantAnalysisRepoTask codeScanning.listAlertInstances
codeScanning.listAlertsForOrg codeScanning.listAlertsForRepo codeScanning.listAlertsInstances
codeScanning.listCodeqlDatabases codeScanning.listRecentAnalyses codeScanning.updateAlert
codeScanning.updateDefaultSetup codeScanning.uploadSarif codeSecurity.attachConfiguration
codeSecurity.attachEnterpriseConfiguration codeSecurity.createConfiguration
codeSecurity.createConfigurationForEnterprise codeSecurity.deleteConfiguration
codeSecurity.deleteConfigurationForEnterprise codeSecurity.detachConfiguration codeSecurity.getConfiguration
codeSecurity.getConfigurationForRepository codeSecurity.getConfigurationsForEnterprise
codeSecurity.getConfigurationsForOrg codeSecurity.getDefaultConfigurations
codeSecurity.getDefaultConfigurationsForEnterprise codeSecurity.getRepositoriesForConfiguration
codeSecurity.getRepositoriesForEnterpriseConfiguration codeSecurity.getSingleConfigurationForEnterprise
codeSecurity.setConfigurationAsDefault codeSecurity.setConfigurationAsDefaultForEnterprise
codeSecurity.updateConfiguration codeSecurity.updateEnterpriseConfiguration
codesOfConduct.getAllCodesOfConduct codesOfConduct.getConductCode
codespaces.addRepositoryForSecretForAuthenticatedUser codespaces.addSelectedRepoToOrgSecret
codespaces.checkPermissionsForDevcontainer codespaces.codespaceMachinesForAuthenticatedUser
codespaces.createForAuthenticatedUser codespaces.createOrUpdateOrgSecret codespaces.createOrUpdateRepoSecret
codespaces.createOrUpdateSecretForAuthenticatedUser codespaces.createWithPrForAuthenticatedUser
codespaces.createWithRepoForAuthenticatedUser codespaces.deleteForAuthenticatedUser
codespaces.deleteFromOrganization codespaces.deleteOrgSecret codespaces.deleteRepoSecret
codespaces.deleteSecretForAuthenticatedUser codespaces.exportForAuthenticatedUser
codespaces.getCodespacesForUserInOrg codespaces.getExportDetailsForAuthenticatedUser
codespaces.getForAuthenticatedUser codespaces.getOrgPublicKey codespaces.getOrgSecret
codespaces.getPublicKeyForAuthenticatedUser codespaces.getRepoPublicKey codespaces.getRepoSecret
codespaces.getSecretForAuthenticatedUser codespaces.listDevcontainersInRepositoryForAuthenticatedUser
codespaces.listForAuthenticatedUser codespaces.listInOrganization
codespaces.listInRepositoryForAuthenticatedUser codespaces.listOrgSecrets codespaces.listRepoSecrets
codespaces.listRepositoriesForSecretForAuthenticatedUser codespaces.listSecretsForAuthenticatedUser
codespaces.listSelectedReposForOrgSecret codespaces.preFlightWithRepoForAuthenticatedUser
codespaces.publishForAuthenticatedUser codespaces.removeRepositoryForSecretForAuthenticatedUser
codespaces.removeSelectedRepoFromOrgSecret codespaces.repoMachinesForAuthenticatedUser
codespaces.setRepositoriesForSecretForAuthenticatedUser codespaces.setSelectedReposForOrgSecret
codespaces.startForAuthenticatedUser codespaces.stopForAuthenticatedUser codespaces.stopInOrganization
codespaces.updateForAuthenticatedUser copilot.addCopilotSeatsForTeams copilot.addCopilotSeatsForUsers
copilot.cancelCopilotSeatAssignmentForTeams copilot.cancelCopilotSeatAssignmentForUsers
copilot.copilotMetricsForOrganization copilot.copilotMetricsForTeam copilot.getCopilotOrganizationDetails
copilot.getCopilotSeatDetailsForUser copilot.listCopilotSeats credentials.revoke
dependabot.addSelectedRepoToOrgSecret dependabot.createOrUpdateOrgSecret dependabot.createOrUpdateRepoSecret
dependabot.deleteOrgSecret dependabot.deleteRepoSecret dependabot.getAlert dependabot.getOrgPublicKey
dependabot.getOrgSecret dependabot.getRepoPublicKey dependabot.getRepoSecret
dependabot.listAlertsForEnterprise dependabot.listAlertsForOrg dependabot.listAlertsForRepo
dependabot.listOrgSecrets dependabot.listRepoSecrets dependabot.listSelectedReposForOrgSecret
dependabot.removeSelectedRepoFromOrgSecret dependabot.repositoryAccessForOrg
dependabot.setRepositoryAccessDefaultLevel dependabot.setSelectedReposForOrgSecret dependabot.updateAlert
dependabot.updateRepositoryAccessForOrg dependencyGraph.createRepositorySnapshot dependencyGraph.diffRange
dependencyGraph.exportSbom emojis.get enterpriseTeamMemberships.add enterpriseTeamMemberships.bulkAdd
enterpriseTeamMemberships.bulkRemove enterpriseTeamMemberships.get enterpriseTeamMemberships.list
enterpriseTeamMemberships.remove enterpriseTeamOrganizations.add enterpriseTeamOrganizations.bulkAdd
enterpriseTeamOrganizations.bulkRemove enterpriseTeamOrganizations.delete
enterpriseTeamOrganizations.getAssignment enterpriseTeamOrganizations.getAssignments enterpriseTeams.create
enterpriseTeams.delete enterpriseTeams.get enterpriseTeams.list enterpriseTeams.update gists.checkIsStarred
gists.create gists.createComment gists.delete gists.deleteComment gists.fork gists.get gists.getComment
gists.getRevision gists.list gists.listComments gists.listCommits gists.listForUser gists.listForks
gists.listPublic gists.listStarred gists.star gists.unstar gists.update gists.updateComment git.createBlob
git.createCommit git.createRef git.createTag git.createTree git.deleteRef git.getBlob git.getCommit git.getRef
git.getTag git.getTree git.listMatchingRefs git.updateRef gitignore.getAllTemplates gitignore.getTemplate
hostedCompute.createNetworkConfigurationForOrg hostedCompute.deleteNetworkConfigurationFromOrg
hostedCompute.getNetworkConfigurationForOrg hostedCompute.getNetworkSettingsForOrg
hostedCompute.listNetworkConfigurationsForOrg hostedCompute.updateNetworkConfigurationForOrg
interactions.getRestrictionsForAuthenticatedUser interactions.getRestrictionsForOrg
interactions.getRestrictionsForRepo interactions.getRestrictionsForYourPublicRepos
interactions.removeRestrictionsForAuthenticatedUser interactions.removeRestrictionsForOrg
interactions.removeRestrictionsForRepo interactions.removeRestrictionsForYourPublicRepos
interactions.setRestrictionsForAuthenticatedUser interactions.setRestrictionsForOrg
interactions.setRestrictionsForRepo interactions.setRestrictionsForYourPublicRepos issues.addAssignees
issues.addBlockedByDependency issues.addLabels issues.addSubIssue issues.checkUserCanBeAssigned
issues.checkUserCanBeAssignedToIssue issues.create issues.createComment issues.createLabel
issues.createMilestone issues.deleteComment issues.deleteLabel issues.deleteMilestone issues.get
issues.getComment issues.getEvent issues.getLabel issues.getMilestone issues.getParent issues.list
issues.listAssignees issues.listComments issues.listCommentsForRepo issues.listDependenciesBlockedBy
issues.listDependenciesBlocking issues.listEvents issues.listEventsForRepo issues.listEventsForTimeline
issues.listForAuthenticatedUser issues.listForOrg issues.listForRepo issues.listLabelsForMilestone
issues.listLabelsForRepo issues.listLabelsOnIssue issues.listMilestones issues.listSubIssues issues.lock
issues.removeAllLabels issues.removeAssignees issues.removeDependencyBlockedBy issues.removeLabel
issues.removeSubIssue issues.reprioritizeSubIssue issues.setLabels issues.unlock issues.update
issues.updateComment issues.updateLabel issues.updateMilestone licenses.get licenses.getAllCommonlyUsed
licenses.getForRepo markdown.render markdown.renderRaw meta.get meta.getAllVersions meta.getOctocat
meta.getZen meta.root migrations.deleteArchiveForAuthenticatedUser migrations.deleteArchiveForOrg
migrations.downloadArchiveForOrg migrations.getArchiveForAuthenticatedUser
migrations.getStatusForAuthenticatedUser migrations.getStatusForOrg migrations.listForAuthenticatedUser
migrations.listForOrg migrations.listReposForAuthenticatedUser migrations.listReposForOrg
migrations.listReposForUser migrations.startForAuthenticatedUser migrations.startForOrg
migrations.unlockRepoForAuthenticatedUser migrations.unlockRepoForOrg oidc.getOidcCustomSubTemplateForOrg
oidc.updateOidcCustomSubTemplateForOrg orgs.addSecurityManagerTeam orgs.assignTeamToOrgRole
orgs.assignUserToOrgRole orgs.blockUser orgs.cancelInvitation orgs.checkBlockedUser
orgs.checkMembershipForUser orgs.checkPublicMembershipForUser orgs.convertMemberToOutsideCollaborator
orgs.createArtifactStorageRecord orgs.createInvitation orgs.createIssueType orgs.createWebhook
orgs.customPropertiesForOrgsCreateOrUpdateOrganizationValues orgs.customPropertiesForOrgsGetOrganizationValues
orgs.customPropertiesForReposCreateOrUpdateOrganizationDefinition
orgs.customPropertiesForReposCreateOrUpdateOrganizationDefinitions
orgs.customPropertiesForReposCreateOrUpdateOrganizationValues
orgs.customPropertiesForReposDeleteOrganizationDefinition
orgs.customPropertiesForReposGetOrganizationDefinition orgs.customPropertiesForReposGetOrganizationDefinitions
orgs.customPropertiesForReposGetOrganizationValues orgs.delete orgs.deleteAttestationsBulk
orgs.deleteAttestationsById orgs.deleteAttestationsBySubjectDigest orgs.deleteIssueType orgs.deleteWebhook
orgs.disableSelectedRepositoryImmutableReleasesOrganization
orgs.enableSelectedRepositoryImmutableReleasesOrganization orgs.get orgs.getImmutableReleasesSettings
orgs.getImmutableReleasesSettingsRepositories orgs.getMembershipForAuthenticatedUser orgs.getMembershipForUser
orgs.getOrgRole orgs.getOrgRulesetHistory orgs.getOrgRulesetVersion orgs.getWebhook
orgs.getWebhookConfigForOrg orgs.getWebhookDelivery orgs.list orgs.listAppInstallations
orgs.listArtifactStorageRecords orgs.listAttestationRepositories orgs.listAttestations
orgs.listAttestationsBulk orgs.listBlockedUsers orgs.listFailedInvitations orgs.listForAuthenticatedUser
orgs.listForUser orgs.listInvitationTeams orgs.listIssueTypes orgs.listMembers
orgs.listMembershipsForAuthenticatedUser orgs.listOrgRoleTeams orgs.listOrgRoleUsers orgs.listOrgRoles
orgs.listOrganizationFineGrainedPermissions orgs.listOutsideCollaborators orgs.listPatGrantRepositories
orgs.listPatGrantRequestRepositories orgs.listPatGrantRequests orgs.listPatGrants orgs.listPendingInvitations
orgs.listPublicMembers orgs.listSecurityManagerTeams orgs.listWebhookDeliveries orgs.listWebhooks
orgs.pingWebhook orgs.redeliverWebhookDelivery orgs.removeMember orgs.removeMembershipForUser
orgs.removeOutsideCollaborator orgs.removePublicMembershipForAuthenticatedUser orgs.removeSecurityManagerTeam
orgs.reviewPatGrantRequest orgs.reviewPatGrantRequestsInBulk orgs.revokeAllOrgRolesTeam
orgs.revokeAllOrgRolesUser orgs.revokeOrgRoleTeam orgs.revokeOrgRoleUser orgs.setImmutableReleasesSettings
orgs.setImmutableReleasesSettingsRepositories orgs.setMembershipForUser
orgs.setPublicMembershipForAuthenticatedUser orgs.unblockUser orgs.update orgs.updateIssueType
orgs.updateMembershipForAuthenticatedUser orgs.updatePatAccess orgs.updatePatAccesses orgs.updateWebhook
orgs.updateWebhookConfigForOrg packages.deletePackageForAuthenticatedUser packages.deletePackageForOrg
packages.deletePackageForUser packages.deletePackageVersionForAuthenticatedUser
packages.deletePackageVersionForOrg packages.deletePackageVersionForUser
packages.getAllPackageVersionsForAPackageOwnedByAnOrg
packages.getAllPackageVersionsForAPackageOwnedByTheAuthenticatedUser
packages.getAllPackageVersionsForPackageOwnedByAuthenticatedUser
packages.getAllPackageVersionsForPackageOwnedByOrg packages.getAllPackageVersionsForPackageOwnedByUser
packages.getPackageForAuthenticatedUser packages.getPackageForOrganization packages.getPackageForUser
packages.getPackageVersionForAuthenticatedUser packages.getPackageVersionForOrganization
packages.getPackageVersionForUser packages.listDockerMigrationConflictingPackagesForAuthenticatedUser
packages.listDockerMigrationConflictingPackagesForOrganization
packages.listDockerMigrationConflictingPackagesForUser packages.listPackagesForAuthenticatedUser
packages.listPackagesForOrganization packages.listPackagesForUser packages.restorePackageForAuthenticatedUser
packages.restorePackageForOrg packages.restorePackageForUser
packages.restorePackageVersionForAuthenticatedUser packages.restorePackageVersionForOrg
packages.restorePackageVersionForUser privateRegistries.createOrgPrivateRegistry
privateRegistries.deleteOrgPrivateRegistry privateRegistries.getOrgPrivateRegistry
privateRegistries.getOrgPublicKey privateRegistries.listOrgPrivateRegistries
privateRegistries.updateOrgPrivateRegistry projects.addItemForOrg projects.addItemForUser
projects.deleteItemForOrg projects.deleteItemForUser projects.getFieldForOrg projects.getFieldForUser
projects.getForOrg projects.getForUser projects.getOrgItem projects.getUserItem projects.listFieldsForOrg
projects.listFieldsForUser projects.listForOrg projects.listForUser projects.listItemsForOrg
projects.listItemsForUser projects.updateItemForOrg projects.updateItemForUser pulls.checkIfMerged
pulls.create pulls.createReplyForReviewComment pulls.createReview pulls.createReviewComment
pulls.deletePendingReview pulls.deleteReviewComment pulls.dismissReview pulls.get pulls.getReview
pulls.getReviewComment pulls.list pulls.listCommentsForReview pulls.listCommits pulls.listFiles
pulls.listRequestedReviewers pulls.listReviewComments pulls.listReviewCommentsForRepo pulls.listReviews
pulls.merge pulls.removeRequestedReviewers pulls.requestReviewers pulls.submitReview pulls.update
pulls.updateBranch pulls.updateReview pulls.updateReviewComment rateLimit.get reactions.createForCommitComment
reactions.createForIssue reactions.createForIssueComment reactions.createForPullRequestReviewComment
reactions.createForRelease reactions.createForTeamDiscussionCommentInOrg
reactions.createForTeamDiscussionInOrg reactions.deleteForCommitComment reactions.deleteForIssue
reactions.deleteForIssueComment reactions.deleteForPullRequestComment reactions.deleteForRelease
reactions.deleteForTeamDiscussion reactions.deleteForTeamDiscussionComment reactions.listForCommitComment
reactions.listForIssue reactions.listForIssueComment reactions.listForPullRequestReviewComment
reactions.listForRelease reactions.listForTeamDiscussionCommentInOrg reactions.listForTeamDiscussionInOrg
repos.acceptInvitation repos.acceptInvitationForAuthenticatedUser repos.addAppAccessRestrictions
repos.addCollaborator repos.addStatusCheckContexts repos.addTeamAccessRestrictions
repos.addUserAccessRestrictions repos.cancelPagesDeployment repos.checkAutomatedSecurityFixes
repos.checkCollaborator repos.checkImmutableReleases repos.checkPrivateVulnerabilityReporting
repos.checkVulnerabilityAlerts repos.codeownersErrors repos.compareCommits repos.compareCommitsWithBasehead
repos.createAttestation repos.createAutolink repos.createCommitComment repos.createCommitSignatureProtection
repos.createCommitStatus repos.createDeployKey repos.createDeployment repos.createDeploymentBranchPolicy
repos.createDeploymentProtectionRule repos.createDeploymentStatus repos.createDispatchEvent
repos.createForAuthenticatedUser repos.createFork repos.createInOrg repos.createOrUpdateEnvironment
repos.createOrUpdateFileContents repos.createOrgRuleset repos.createPagesDeployment repos.createPagesSite
repos.createRelease repos.createRepoRuleset repos.createUsingTemplate repos.createWebhook
repos.customPropertiesForReposCreateOrUpdateRepositoryValues repos.customPropertiesForReposGetRepositoryValues
repos.declineInvitation repos.declineInvitationForAuthenticatedUser repos.delete
repos.deleteAccessRestrictions repos.deleteAdminBranchProtection repos.deleteAnEnvironment
repos.deleteAutolink repos.deleteBranchProtection repos.deleteCommitComment
repos.deleteCommitSignatureProtection repos.deleteDeployKey repos.deleteDeployment
repos.deleteDeploymentBranchPolicy repos.deleteFile repos.deleteInvitation repos.deleteOrgRuleset
repos.deletePagesSite repos.deletePullRequestReviewProtection repos.deleteRelease repos.deleteReleaseAsset
repos.deleteRepoRuleset repos.deleteWebhook repos.disableAutomatedSecurityFixes
repos.disableDeploymentProtectionRule repos.disableImmutableReleases
repos.disablePrivateVulnerabilityReporting repos.disableVulnerabilityAlerts repos.downloadArchive
repos.downloadTarballArchive repos.downloadZipballArchive repos.enableAutomatedSecurityFixes
repos.enableImmutableReleases repos.enablePrivateVulnerabilityReporting repos.enableVulnerabilityAlerts
repos.generateReleaseNotes repos.get repos.getAccessRestrictions repos.getAdminBranchProtection
repos.getAllDeploymentProtectionRules repos.getAllEnvironments repos.getAllStatusCheckContexts
repos.getAllTopics repos.getAppsWithAccessToProtectedBranch repos.getAutolink repos.getBranch
repos.getBranchProtection repos.getBranchRules repos.getClones repos.getCodeFrequencyStats
repos.getCollaboratorPermissionLevel repos.getCombinedStatusForRef repos.getCommit
repos.getCommitActivityStats repos.getCommitComment repos.getCommitSignatureProtection
repos.getCommunityProfileMetrics repos.getContent repos.getContributorsStats
repos.getCustomDeploymentProtectionRule repos.getDeployKey repos.getDeployment repos.getDeploymentBranchPolicy
repos.getDeploymentStatus repos.getEnvironment repos.getLatestPagesBuild repos.getLatestRelease
repos.getOrgRuleSuite repos.getOrgRuleSuites repos.getOrgRuleset repos.getOrgRulesets repos.getPages
repos.getPagesBuild repos.getPagesDeployment repos.getPagesHealthCheck repos.getParticipationStats
repos.getPullRequestReviewProtection repos.getPunchCardStats repos.getReadme repos.getReadmeInDirectory
repos.getRelease repos.getReleaseAsset repos.getReleaseByTag repos.getRepoRuleSuite repos.getRepoRuleSuites
repos.getRepoRuleset repos.getRepoRulesetHistory repos.getRepoRulesetVersion repos.getRepoRulesets
repos.getStatusChecksProtection repos.getTeamsWithAccessToProtectedBranch repos.getTopPaths
repos.getTopReferrers repos.getUsersWithAccessToProtectedBranch repos.getViews repos.getWebhook
repos.getWebhookConfigForRepo repos.getWebhookDelivery repos.listActivities repos.listAttestations
repos.listAutolinks repos.listBranches repos.listBranchesForHeadCommit repos.listCollaborators
repos.listCommentsForCommit repos.listCommitCommentsForRepo repos.listCommitStatusesForRef repos.listCommits
repos.listContributors repos.listCustomDeploymentRuleIntegrations repos.listDeployKeys
repos.listDeploymentBranchPolicies repos.listDeploymentStatuses repos.listDeployments
repos.listForAuthenticatedUser repos.listForOrg repos.listForUser repos.listForks repos.listInvitations
repos.listInvitationsForAuthenticatedUser repos.listLanguages repos.listPagesBuilds repos.listPublic
repos.listPullRequestsAssociatedWithCommit repos.listReleaseAssets repos.listReleases repos.listTags
repos.listTeams repos.listWebhookDeliveries repos.listWebhooks repos.merge repos.mergeUpstream
repos.pingWebhook repos.redeliverWebhookDelivery repos.removeAppAccessRestrictions repos.removeCollaborator
repos.removeStatusCheckContexts repos.removeStatusCheckProtection repos.removeTeamAccessRestrictions
repos.removeUserAccessRestrictions repos.renameBranch repos.replaceAllTopics repos.requestPagesBuild
repos.setAdminBranchProtection repos.setAppAccessRestrictions repos.setStatusCheckContexts
repos.setTeamAccessRestrictions repos.setUserAccessRestrictions repos.testPushWebhook repos.transfer
repos.update repos.updateBranchProtection repos.updateCommitComment repos.updateDeploymentBranchPolicy
repos.updateInformationAboutPagesSite repos.updateInvitation repos.updateOrgRuleset
repos.updatePullRequestReviewProtection repos.updateRelease repos.updateReleaseAsset repos.updateRepoRuleset
repos.updateStatusCheckPotection repos.updateStatusCheckProtection repos.updateWebhook
repos.updateWebhookConfigForRepo repos.uploadReleaseAsset search.code search.commits
search.issuesAndPullRequests search.labels search.repos search.topics search.users
secretScanning.createPushProtectionBypass secretScanning.getAlert secretScanning.getScanHistory
secretScanning.listAlertsForOrg secretScanning.listAlertsForRepo secretScanning.listLocationsForAlert
secretScanning.listOrgPatternConfigs secretScanning.updateAlert secretScanning.updateOrgPatternConfigs
securityAdvisories.createFork securityAdvisories.createPrivateVulnerabilityReport
securityAdvisories.createRepositoryAdvisory securityAdvisories.createRepositoryAdvisoryCveRequest
securityAdvisories.getGlobalAdvisory securityAdvisories.getRepositoryAdvisory
securityAdvisories.listGlobalAdvisories securityAdvisories.listOrgRepositoryAdvisories
securityAdvisories.listRepositoryAdvisories securityAdvisories.updateRepositoryAdvisory
teams.addOrUpdateMembershipForUserInOrg teams.addOrUpdateRepoPermissionsInOrg
teams.checkPermissionsForRepoInOrg teams.create teams.createDiscussionCommentInOrg teams.createDiscussionInOrg
teams.deleteDiscussionCommentInOrg teams.deleteDiscussionInOrg teams.deleteInOrg teams.getByName
teams.getDiscussionCommentInOrg teams.getDiscussionInOrg teams.getMembershipForUserInOrg teams.list
teams.listChildInOrg teams.listDiscussionCommentsInOrg teams.listDiscussionsInOrg
teams.listForAuthenticatedUser teams.listMembersInOrg teams.listPendingInvitationsInOrg teams.listReposInOrg
teams.removeMembershipForUserInOrg teams.removeRepoInOrg teams.updateDiscussionCommentInOrg
teams.updateDiscussionInOrg teams.updateInOrg users.addEmailForAuthenticated
users.addEmailForAuthenticatedUser users.addSocialAccountForAuthenticatedUser users.block users.checkBlocked
users.checkFollowingForUser users.checkPersonIsFollowedByAuthenticated users.createGpgKeyForAuthenticated
users.createGpgKeyForAuthenticatedUser users.createPublicSshKeyForAuthenticated
users.createPublicSshKeyForAuthenticatedUser users.createSshSigningKeyForAuthenticatedUser
users.deleteAttestationsBulk users.deleteAttestationsById users.deleteAttestationsBySubjectDigest
users.deleteEmailForAuthenticated users.deleteEmailForAuthenticatedUser users.deleteGpgKeyForAuthenticated
users.deleteGpgKeyForAuthenticatedUser users.deletePublicSshKeyForAuthenticated
users.deletePublicSshKeyForAuthenticatedUser users.deleteSocialAccountForAuthenticatedUser
users.deleteSshSigningKeyForAuthenticatedUser users.follow users.getAuthenticated users.getById
users.getByUsername users.getContextForUser users.getGpgKeyForAuthenticated
users.getGpgKeyForAuthenticatedUser users.getPublicSshKeyForAuthenticated
users.getPublicSshKeyForAuthenticatedUser users.getSshSigningKeyForAuthenticatedUser users.list
users.listAttestations users.listAttestationsBulk users.listBlockedByAuthenticated
users.listBlockedByAuthenticatedUser users.listEmailsForAuthenticated users.listEmailsForAuthenticatedUser
users.listFollowedByAuthenticated users.listFollowedByAuthenticatedUser
users.listFollowersForAuthenticatedUser users.listFollowersForUser users.listFollowingForUser
users.listGpgKeysForAuthenticated users.listGpgKeysForAuthenticatedUser users.listGpgKeysForUser
users.listPublicEmailsForAuthenticated users.listPublicEmailsForAuthenticatedUser users.listPublicKeysForUser
users.listPublicSshKeysForAuthenticated users.listPublicSshKeysForAuthenticatedUser
users.listSocialAccountsForAuthenticatedUser users.listSocialAccountsForUser
users.listSshSigningKeysForAuthenticatedUser users.listSshSigningKeysForUser
users.setPrimaryEmailVisibilityForAuthenticated users.setPrimaryEmailVisibilityForAuthenticatedUser
users.unblock users.unfollow users.updateAuthenticated
`.trim().split(/\s+/),
);

/** Webhook events and the actions that GitHub sends them with. */
export const webhookEvents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
  "branch_protection_configuration": [
    "disabled",
    "enabled"
  ],
  "branch_protection_rule": [
    "created",
    "deleted",
    "edited"
  ],
  "check_run": [
    "completed",
    "created",
    "requested_action",
    "rerequested"
  ],
  "check_suite": [
    "completed",
    "requested",
    "rerequested"
  ],
  "code_scanning_alert": [
    "appeared_in_branch",
    "closed_by_user",
    "created",
    "fixed",
    "reopened",
    "reopened_by_user"
  ],
  "commit_comment": [
    "created"
  ],
  "create": [],
  "custom_property": [
    "created",
    "deleted",
    "promote_to_enterprise",
    "updated"
  ],
  "custom_property_values": [
    "updated"
  ],
  "delete": [],
  "dependabot_alert": [
    "auto_dismissed",
    "auto_reopened",
    "created",
    "dismissed",
    "fixed",
    "reintroduced",
    "reopened"
  ],
  "deploy_key": [
    "created",
    "deleted"
  ],
  "deployment": [
    "created"
  ],
  "deployment_protection_rule": [
    "requested"
  ],
  "deployment_review": [
    "approved",
    "rejected",
    "requested"
  ],
  "deployment_status": [
    "created"
  ],
  "discussion": [
    "answered",
    "category_changed",
    "closed",
    "created",
    "deleted",
    "edited",
    "labeled",
    "locked",
    "pinned",
    "reopened",
    "transferred",
    "unanswered",
    "unlabeled",
    "unlocked",
    "unpinned"
  ],
  "discussion_comment": [
    "created",
    "deleted",
    "edited"
  ],
  "fork": [],
  "github_app_authorization": [
    "revoked"
  ],
  "gollum": [],
  "installation": [
    "created",
    "deleted",
    "new_permissions_accepted",
    "suspend",
    "unsuspend"
  ],
  "installation_repositories": [
    "added",
    "removed"
  ],
  "installation_target": [
    "renamed"
  ],
  "issue_comment": [
    "created",
    "deleted",
    "edited"
  ],
  "issue_dependencies": [
    "blocked_by_added",
    "blocked_by_removed",
    "blocking_added",
    "blocking_removed"
  ],
  "issues": [
    "assigned",
    "closed",
    "deleted",
    "demilestoned",
    "edited",
    "labeled",
    "locked",
    "milestoned",
    "opened",
    "pinned",
    "reopened",
    "transferred",
    "typed",
    "unassigned",
    "unlabeled",
    "unlocked",
    "unpinned",
    "untyped"
  ],
  "label": [
    "created",
    "deleted",
    "edited"
  ],
  "marketplace_purchase": [
    "cancelled",
    "changed",
    "pending_change",
    "pending_change_cancelled",
    "purchased"
  ],
  "member": [
    "added",
    "edited",
    "removed"
  ],
  "membership": [
    "added",
    "removed"
  ],
  "merge_group": [
    "checks_requested",
    "destroyed"
  ],
  "meta": [
    "deleted"
  ],
  "milestone": [
    "closed",
    "created",
    "deleted",
    "edited",
    "opened"
  ],
  "org_block": [
    "blocked",
    "unblocked"
  ],
  "organization": [
    "deleted",
    "member_added",
    "member_invited",
    "member_removed",
    "renamed"
  ],
  "package": [
    "published",
    "updated"
  ],
  "page_build": [],
  "personal_access_token_request": [
    "approved",
    "cancelled",
    "created",
    "denied"
  ],
  "ping": [],
  "project": [
    "closed",
    "created",
    "deleted",
    "edited",
    "reopened"
  ],
  "project_card": [
    "converted",
    "created",
    "deleted",
    "edited",
    "moved"
  ],
  "project_column": [
    "created",
    "deleted",
    "edited",
    "moved"
  ],
  "projects_v2": [
    "closed",
    "created",
    "deleted",
    "edited",
    "reopened"
  ],
  "projects_v2_item": [
    "archived",
    "converted",
    "created",
    "deleted",
    "edited",
    "reordered",
    "restored"
  ],
  "projects_v2_status_update": [
    "created",
    "deleted",
    "edited"
  ],
  "public": [],
  "pull_request": [
    "assigned",
    "auto_merge_disabled",
    "auto_merge_enabled",
    "closed",
    "converted_to_draft",
    "demilestoned",
    "dequeued",
    "edited",
    "enqueued",
    "labeled",
    "locked",
    "milestoned",
    "opened",
    "ready_for_review",
    "reopened",
    "review_request_removed",
    "review_requested",
    "synchronize",
    "unassigned",
    "unlabeled",
    "unlocked"
  ],
  "pull_request_review": [
    "dismissed",
    "edited",
    "submitted"
  ],
  "pull_request_review_comment": [
    "created",
    "deleted",
    "edited"
  ],
  "pull_request_review_thread": [
    "resolved",
    "unresolved"
  ],
  "push": [],
  "registry_package": [
    "published",
    "updated"
  ],
  "release": [
    "created",
    "deleted",
    "edited",
    "prereleased",
    "published",
    "released",
    "unpublished"
  ],
  "repository": [
    "archived",
    "created",
    "deleted",
    "edited",
    "privatized",
    "publicized",
    "renamed",
    "transferred",
    "unarchived"
  ],
  "repository_advisory": [
    "published",
    "reported"
  ],
  "repository_dispatch": [],
  "repository_import": [],
  "repository_ruleset": [
    "created",
    "deleted",
    "edited"
  ],
  "repository_vulnerability_alert": [
    "create",
    "dismiss",
    "reopen",
    "resolve"
  ],
  "secret_scanning_alert": [
    "assigned",
    "created",
    "publicly_leaked",
    "reopened",
    "resolved",
    "unassigned",
    "validated"
  ],
  "secret_scanning_alert_location": [
    "created"
  ],
  "secret_scanning_scan": [
    "completed"
  ],
  "security_advisory": [
    "published",
    "updated",
    "withdrawn"
  ],
  "security_and_analysis": [],
  "sponsorship": [
    "cancelled",
    "created",
    "edited",
    "pending_cancellation",
    "pending_tier_change",
    "tier_changed"
  ],
  "star": [
    "created",
    "deleted"
  ],
  "status": [],
  "sub_issues": [
    "parent_issue_added",
    "parent_issue_removed",
    "sub_issue_added",
    "sub_issue_removed"
  ],
  "team": [
    "added_to_repository",
    "created",
    "deleted",
    "edited",
    "removed_from_repository"
  ],
  "team_add": [],
  "watch": [
    "started"
  ],
  "workflow_dispatch": [],
  "workflow_job": [
    "completed",
    "in_progress",
    "queued",
    "waiting"
  ],
  "workflow_run": [
    "completed",
    "in_progress",
    "requested"
  ]
}),
);

/** Repository permissions of a GitHub App and the access each can be given. */
export const appPermissions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
  "actions": [
    "read",
    "write"
  ],
  "administration": [
    "read",
    "write"
  ],
  "artifact_metadata": [
    "read",
    "write"
  ],
  "attestations": [
    "read",
    "write"
  ],
  "checks": [
    "read",
    "write"
  ],
  "code_quality": [
    "read",
    "write"
  ],
  "codespaces": [
    "read",
    "write"
  ],
  "contents": [
    "read",
    "write"
  ],
  "dependabot_secrets": [
    "read",
    "write"
  ],
  "deployments": [
    "read",
    "write"
  ],
  "discussions": [
    "read",
    "write"
  ],
  "environments": [
    "read",
    "write"
  ],
  "issues": [
    "read",
    "write"
  ],
  "merge_queues": [
    "read",
    "write"
  ],
  "metadata": [
    "read",
    "write"
  ],
  "packages": [
    "read",
    "write"
  ],
  "pages": [
    "read",
    "write"
  ],
  "pull_requests": [
    "read",
    "write"
  ],
  "repository_custom_properties": [
    "read",
    "write"
  ],
  "repository_hooks": [
    "read",
    "write"
  ],
  "repository_projects": [
    "read",
    "write"
  ],
  "secret_scanning_alerts": [
    "read",
    "write"
  ],
  "secrets": [
    "read",
    "write"
  ],
  "security_events": [
    "read",
    "write"
  ],
  "single_file": [
    "read",
    "write"
  ],
  "statuses": [
    "read",
    "write"
  ],
  "vulnerability_alerts": [
    "read",
    "write"
  ],
  "workflows": [
    "write"
  ]
}),
);
