using System.Text.RegularExpressions;

namespace Rotel.Exporters.Authentication;

/// <summary>What the name of an AWS host says: <c>xray.eu-central-1.amazonaws.com</c>.</summary>
/// <param name="Service">As signatures name it.</param>
/// <param name="Region">Such as <c>eu-central-1</c>.</param>
internal sealed partial record AwsEndpoint(string Service, string Region)
{
    private static readonly string[] Suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

    /// <summary>Null for a host that is not named after AWS's rules, whose service and region then have to be set.</summary>
    public static AwsEndpoint? Of(string host)
    {
        host = host.ToLowerInvariant();
        if (Suffixes.FirstOrDefault(suffix => host.EndsWith(suffix, StringComparison.Ordinal)) is not { } known)
            return null;

        var labels = host[..^known.Length].Split('.');
        var region = Array.FindLastIndex(labels, label => RegionForm().IsMatch(label));
        if (region < 0)
            return null;

        // The service stands before the region, except in names like pipeline-x.eu-central-1.osis.amazonaws.com.
        var after = region + 1 < labels.Length && labels[region + 1] != "vpce" ? labels[region + 1] : null;
        var service = after ?? (region > 0 ? labels[region - 1] : null);
        return service is null ? null : new AwsEndpoint(service == "aps-workspaces" ? "aps" : service, labels[region]);
    }

    [GeneratedRegex("^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex RegionForm();
}
