using static Rotel.Processors.Detection.ResourceAttributeNames;

namespace Rotel.Processors.Detection;

/// <summary>
/// An EC2 instance, by its instance metadata service, version 2 only
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html): a token first, which lives for a
/// minute and is shown to nobody else.
/// </summary>
internal sealed class Ec2Detector : IResourceDetector
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";

    private static readonly Uri Token = new("http://169.254.169.254/latest/api/token");
    private static readonly Uri Identity = new("http://169.254.169.254/latest/dynamic/instance-identity/document");
    private static readonly Uri Hostname = new("http://169.254.169.254/latest/meta-data/hostname");
    private static readonly KeyValuePair<string, string> TokenLifetime = new("X-aws-ec2-metadata-token-ttl-seconds", "60");

    public bool MayBlock => false;

    public async ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var answer = await context.Metadata.AskAsync(HttpMethod.Put, Token, TokenLifetime, cancellationToken).ConfigureAwait(false);
        if (answer.Word() is not { } token)
        {
            findings.Fail(answer.Problem ?? "the metadata service does not answer as EC2's does");
            return;
        }

        var header = new KeyValuePair<string, string>(TokenHeader, token);
        await Task.WhenAll(
            IdentityAsync(context.Metadata, header, findings, cancellationToken),
            HostnameAsync(context.Metadata, header, findings, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task IdentityAsync(
        MetadataClient client, KeyValuePair<string, string> header, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var answer = await client.AskAsync(HttpMethod.Get, Identity, header, cancellationToken).ConfigureAwait(false);
        if (answer.Json() is not { } identity || MetadataAnswer.Text(identity, "instanceId") is not { } id)
        {
            findings.Fail(answer.Problem ?? "the metadata service's identity document cannot be read");
            return;
        }

        findings.Add(CloudProvider, "aws");
        findings.Add(CloudPlatform, "aws_ec2");
        findings.Add(HostId, id);
        findings.Add(HostType, MetadataAnswer.Text(identity, "instanceType"));
        findings.Add(HostImageId, MetadataAnswer.Text(identity, "imageId"));
        findings.Add(CloudRegion, MetadataAnswer.Text(identity, "region"));
        findings.Add(CloudAvailabilityZone, MetadataAnswer.Text(identity, "availabilityZone"));
        findings.Add(CloudAccountId, MetadataAnswer.Text(identity, "accountId"));
    }

    private static async Task HostnameAsync(
        MetadataClient client, KeyValuePair<string, string> header, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var answer = await client.AskAsync(HttpMethod.Get, Hostname, header, cancellationToken).ConfigureAwait(false);
        if (answer.Word() is { } name)
            findings.Add(HostName, name);
        else
            findings.Fail(answer.Problem ?? "the metadata service's host name cannot be read");
    }
}
