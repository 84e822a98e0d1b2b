using System.Diagnostics.CodeAnalysis;

namespace Rotel.Processors.Detection;

/// <summary>The parts of an Amazon Resource Name that other names are made of.</summary>
internal sealed record AwsArn(string Partition, string Region, string Account, string Resource)
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out AwsArn? arn)
    {
        // arn:partition:service:region:account:resource, which may hold colons itself.
        var parts = text?.Split(':', 6) ?? [];
        arn = parts is ["arn", { Length: > 0 } partition, _, var region, var account, { Length: > 0 } resource]
            ? new AwsArn(partition, region, account, resource)
            : null;
        return arn is not null;
    }
}
