using Rotel.Configuration;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Otlp;
using Rotel.TestKit.Certificates;

namespace Rotel.Tests.Configuration;

/// <summary>Credentials and TLS of exporters from all sources, and what of them can be seen.</summary>
public sealed class ExporterSecurityTests
{
    private const string Endpoint = "ROTEL_OTLP_EXPORTER_ENDPOINT=https://xray.eu-central-1.amazonaws.com";

    [Fact]
    public void SigV4_WithoutKeysOfItsOwn_TakesThoseOfTheEnvironmentAsASet()
    {
        var environment = Sources.Environment(
            Endpoint, "ROTEL_OTLP_EXPORTER_AUTHENTICATOR=sigv4auth", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=session");

        var taken = OptionsOf(environment).Authentication.Aws;
        var own = OptionsOf(
            environment, options => (options.Authentication.Aws.AccessKeyId, options.Authentication.Aws.SecretAccessKey) = ("MINE", "mine"))
            .Authentication.Aws;

        Assert.Equal(("AKID", "secret", "session"), (taken.AccessKeyId, taken.SecretAccessKey, taken.SessionToken));
        Assert.Equal(("MINE", "mine", null), (own.AccessKeyId, own.SecretAccessKey, own.SessionToken));
    }

    [Fact]
    public void SigV4_AskedForByItsRegion_TakesTheKeysOfTheEnvironment()
    {
        var options = OptionsOf(Sources.Environment(
            Endpoint, "ROTEL_OTLP_EXPORTER_AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret"));

        Assert.Equal("AKID", options.Authentication.Aws.AccessKeyId);
    }

    [Fact]
    public void SingleExporter_KnownByTheFileOfASecretAlone_IsThere()
    {
        using var files = new TestFiles();

        var path = files.Write("headers", "x-key=canary");
        var errors = Sources.ErrorsOf(Sources.Environment($"ROTEL_OTLP_EXPORTER_CUSTOM_HEADERS_FILE={path}"));

        Assert.Contains("ROTEL_OTLP_EXPORTER_ENDPOINT): is missing", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "ROTEL_OTLP_EXPORTER_HEADERS_FROM_METADATA): has no effect for 'x-tenant', which no receiver keeps")]
    [InlineData(
        "ROTEL_OTLP_HTTP_HEADERS_TO_INCLUDE=X-Tenant",
        "ROTEL_OTLP_HTTP_HEADERS_TO_INCLUDE): has no effect without otlp_http_include_metadata")]
    [InlineData("ROTEL_OTLP_HTTP_HEADERS_TO_INCLUDE=X-Tenant;ROTEL_OTLP_HTTP_INCLUDE_METADATA=true", null)]
    public void HeadersFromMetadata_ThatNobodyKeeps_AreAnError(string kept, string? expected)
    {
        var sources = Sources.Environment(
            [Endpoint, "ROTEL_OTLP_EXPORTER_HEADERS_FROM_METADATA=x-tenant", .. kept.Split(';', StringSplitOptions.RemoveEmptyEntries)]);

        if (expected is null)
            RotelConfiguration.Load(sources);
        else
            Assert.Contains(expected, Sources.ErrorsOf(sources)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void SigV4_NotAskedFor_LeavesTheEnvironmentAlone()
    {
        var options = OptionsOf(Sources.Environment(Endpoint, "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret"));

        Assert.Null(options.Authentication.Aws.AccessKeyId);
        Assert.Null(AuthenticationValidation.Chosen(options.Authentication));
    }

    [Fact]
    public void SigV4_WithoutAnyKeys_NamesBothWays() =>
        Assert.Contains(
            "ROTEL_OTLP_EXPORTER_AWS_ACCESS_KEY_ID",
            Sources.ErrorsOf(Sources.Environment(Endpoint, "ROTEL_OTLP_EXPORTER_AUTHENTICATOR=sigv4auth"))[0],
            StringComparison.Ordinal);

    [Fact]
    public void Secrets_FromFiles_AreReadAndShownNowhere()
    {
        using var files = new TestFiles();
        var plan = RotelConfiguration.Load(Sources.Environment(
            "ROTEL_EXPORTERS=a:otlp,b:otlp,c:otlp",
            "ROTEL_EXPORTERS_TRACES=a,b,c",
            "ROTEL_EXPORTER_A_ENDPOINT=https://a",
            "ROTEL_EXPORTER_A_BASIC_AUTH_USERNAME=user",
            $"ROTEL_EXPORTER_A_BASIC_AUTH_PASSWORD_FILE={files.Write("password", "canary-password\n")}",
            $"ROTEL_EXPORTER_A_PROXY_URL_FILE={files.Write("proxy", "http://canary-user:canary-word@proxy:3128")}",
            "ROTEL_EXPORTER_B_ENDPOINT=https://b",
            $"ROTEL_EXPORTER_B_BEARER_TOKEN_FILE={files.Write("token", "canary-token")}",
            "ROTEL_EXPORTER_C_ENDPOINT=https://c",
            "ROTEL_EXPORTER_C_OAUTH2_CLIENT_ID=client",
            "ROTEL_EXPORTER_C_OAUTH2_TOKEN_URL=https://id/token?key=canary-query",
            $"ROTEL_EXPORTER_C_OAUTH2_CLIENT_SECRET_FILE={files.Write("secret", "canary-secret")}").AsCommand());

        var shown = EffectiveConfiguration.Describe(plan);

        var authentications = plan.Options.Exporters.All.Select(exporter => ((OtlpExporterOptions)exporter.Options).Authentication).ToArray();
        Assert.Equal("canary-password", authentications[0].BasicPassword);
        Assert.Null(authentications[1].BearerToken);
        Assert.Equal("canary-secret", authentications[2].OAuth2.ClientSecret);
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
        Assert.Contains($"ROTEL_EXPORTER_B_BEARER_TOKEN_FILE={files.PathOf("token")}", shown, StringComparison.Ordinal);
    }

    private static OtlpExporterOptions OptionsOf(RotelSources sources, Action<OtlpExporterOptions>? configure = null) =>
        (OtlpExporterOptions)RotelConfiguration.Load(sources, options => options.Exporters.AddOtlp("otlp", configure)).Options.Exporters.All.Single().Options;
}
