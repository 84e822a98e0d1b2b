using System.Text.Json;
using static Rotel.Processors.Detection.ResourceAttributeNames;

namespace Rotel.Processors.Detection;

/// <summary>
/// A task on ECS, by its metadata endpoint, version 4
/// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html): one answer about the container, one about
/// the task.
/// </summary>
internal static class EcsTask
{
    public const string EndpointVariable = "ECS_CONTAINER_METADATA_URI_V4";

    public static async ValueTask DetectAsync(
        string endpoint, MetadataClient client, DetectorFindings findings, CancellationToken cancellationToken)
    {
        findings.Add(CloudProvider, "aws");
        findings.Add(CloudPlatform, "aws_ecs");
        if (!Uri.TryCreate(endpoint.TrimEnd('/'), UriKind.Absolute, out var container)
            || container.Scheme != Uri.UriSchemeHttp
            || !Uri.TryCreate(endpoint.TrimEnd('/') + "/task", UriKind.Absolute, out var task))
        {
            findings.Fail($"{EndpointVariable} is not the URL of a metadata endpoint");
            return;
        }

        await Task.WhenAll(
            AskAsync(container, client, findings, Container, cancellationToken),
            AskAsync(task, client, findings, OfTask, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task AskAsync(
        Uri url, MetadataClient client, DetectorFindings findings, Action<JsonElement, DetectorFindings> read, CancellationToken cancellationToken)
    {
        var answer = await client.AskAsync(HttpMethod.Get, url, header: null, cancellationToken).ConfigureAwait(false);
        if (answer.Json() is { } json)
            read(json, findings);
        else
            findings.Fail(answer.Problem ?? "the metadata service does not answer as that of ECS does");
    }

    private static void Container(JsonElement container, DetectorFindings findings)
    {
        var name = MetadataAnswer.Text(container, "ContainerARN");
        findings.Add(ContainerId, MetadataAnswer.Text(container, "DockerId"));
        findings.Add(ContainerName, MetadataAnswer.Text(container, "DockerName"));
        findings.Add(AwsEcsContainerArn, name);
        findings.Add(CloudResourceId, name);
        if (AwsArn.TryParse(name, out var arn) && MetadataAnswer.Text(container, "LogDriver") == "awslogs")
            Logs(container, arn, findings);
    }

    private static void Logs(JsonElement container, AwsArn arn, DetectorFindings findings)
    {
        if (!container.TryGetProperty("LogOptions", out var options) || MetadataAnswer.Text(options, "awslogs-group") is not { } group)
            return;
        var region = MetadataAnswer.Text(options, "awslogs-region") ?? arn.Region;
        var groupArn = $"arn:{arn.Partition}:logs:{region}:{arn.Account}:log-group:{group}";
        findings.AddList(AwsLogGroupNames, group);
        findings.AddList(AwsLogGroupArns, groupArn + ":*");
        if (MetadataAnswer.Text(options, "awslogs-stream") is { } stream)
        {
            findings.AddList(AwsLogStreamNames, stream);
            findings.AddList(AwsLogStreamArns, $"{groupArn}:log-stream:{stream}");
        }
    }

    private static void OfTask(JsonElement task, DetectorFindings findings)
    {
        var name = MetadataAnswer.Text(task, "TaskARN");
        var cluster = MetadataAnswer.Text(task, "Cluster");
        findings.Add(AwsEcsTaskArn, name);
        findings.Add(AwsEcsTaskFamily, MetadataAnswer.Text(task, "Family"));
        findings.Add(AwsEcsTaskRevision, MetadataAnswer.Text(task, "Revision"));
        findings.Add(AwsEcsLaunchtype, MetadataAnswer.Text(task, "LaunchType")?.ToLowerInvariant());
        findings.Add(CloudAvailabilityZone, MetadataAnswer.Text(task, "AvailabilityZone"));
        if (AwsArn.TryParse(name, out var arn))
        {
            findings.Add(CloudRegion, arn.Region);
            findings.Add(CloudAccountId, arn.Account);
            findings.Add(AwsEcsTaskId, arn.Resource[(arn.Resource.LastIndexOf('/') + 1)..]);

            // On EC2 the cluster may be told by its short name.
            if (cluster is not null && !AwsArn.TryParse(cluster, out _))
                cluster = $"arn:{arn.Partition}:ecs:{arn.Region}:{arn.Account}:cluster/{cluster}";
        }

        if (AwsArn.TryParse(cluster, out _))
            findings.Add(AwsEcsClusterArn, cluster);
    }
}
