using Rotel.Exporters.Authentication;
using Rotel.Exporters.Otlp;

namespace Rotel.Configuration;

/// <summary>
/// The credentials that AWS's own tools take from the environment, for exporters that sign their requests and are given none. All of one set
/// or nothing: a key of one and a session token of another do not go together.
/// </summary>
internal static class AwsEnvironment
{
    public static void Apply(IEnumerable<ConfiguredExporter> exporters, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var exporter in exporters)
        {
            if (exporter.Options is OtlpExporterOptions { Authentication: { Aws: var aws } authentication }
                && AuthenticationValidation.Chosen(authentication) == ExporterAuthenticator.AwsSigV4
                && aws is { AccessKeyId: null, SecretAccessKey: null, SessionToken: null, GetCredentials: null })
            {
                aws.AccessKeyId = Value("AWS_ACCESS_KEY_ID");
                aws.SecretAccessKey = Value("AWS_SECRET_ACCESS_KEY");
                aws.SessionToken = Value("AWS_SESSION_TOKEN");
            }
        }

        string? Value(string name) => environment.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }
}
