using Rotel.Exporters.Authentication;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.Authentication;

public class AuthenticationValidationTests
{
    private readonly OtlpExporterType _type = new();

    [Theory]
    [InlineData("authenticator=basic", "basic_auth_username: is missing|basic_auth_password: is missing")]
    [InlineData("basic_auth_username=a:b,basic_auth_password=canary", "basic_auth_username: must not contain a colon")]
    [InlineData("basic_auth_username=u", "basic_auth_password: is missing")]
    [InlineData("authenticator=bearer", "bearer_token: is missing")]
    [InlineData("bearer_token=canary,bearer_token_file=/t", "bearer_token_file: cannot be used together")]
    [InlineData("bearer_token=canaré", "bearer_token: expected")]
    [InlineData("bearer_token_file=/", "bearer_token_file: is a directory")]
    [InlineData("authenticator=oauth2", "oauth2_client_id: is missing|oauth2_client_secret: is missing|oauth2_token_url: is missing")]
    [InlineData("authenticator=sigv4auth", "aws_access_key_id: is missing|aws_secret_access_key: is missing|aws_region: is missing|aws_service: is missing")]
    [InlineData("aws_access_key_id=A,aws_secret_access_key=canary,aws_region=eu-west-1", "aws_service: is missing")]
    [InlineData("authenticator=basic,basic_auth_username=u,basic_auth_password=canary,bearer_token=canary", "bearer_token: belongs to the authenticator bearer, but basic is used")]
    [InlineData("basic_auth_username=u,basic_auth_password=canary,oauth2_client_id=c", "oauth2_client_id: belongs to the authenticator oauth2")]
    [InlineData(
        "oauth2_client_id=a,oauth2_client_secret=canary,oauth2_token_url=http://id/t,oauth2_tls_ca_file=/",
        "oauth2_tls_ca_file: has no effect|oauth2_tls_ca_file: ")]
    [InlineData("oauth2_scopes=a", "oauth2_client_id: is missing|oauth2_client_secret: is missing|oauth2_token_url: is missing")]
    [InlineData(
        "bearer_token=canary,oauth2_parameters=a=canary", "oauth2_parameters: belongs to the authenticator oauth2, but bearer is used")]
    [InlineData("aws_region=eu-west-1,aws_service=xray", "aws_access_key_id: is missing|aws_secret_access_key: is missing")]
    [InlineData(
        "bearer_token=canary,aws_session_token=canary", "aws_session_token: belongs to the authenticator sigv4auth, but bearer is used")]
    [InlineData("bearer_token=canary,headers_from_metadata=Authorization", "headers_from_metadata: has the header authorization")]
    [InlineData("bearer_token=canary,custom_headers=Authorization=canary", "custom_headers: has the header authorization")]
    [InlineData("bearer_token=canary,logs_custom_headers=authorization=canary", "logs_custom_headers: has the header authorization")]
    public void Validate_WhatCannotBe_NamesTheSettingsAndNoSecret(string settings, string expected)
    {
        var errors = Errors(Read(settings));

        var starts = expected.Split('|');
        Assert.Equal(starts.Length, errors.Count);
        Assert.All(starts.Zip(errors), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.DoesNotContain("canar", string.Concat(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("basic_auth_username=u,basic_auth_password=p", ExporterAuthenticator.Basic)]
    [InlineData("bearer_token=t", ExporterAuthenticator.Bearer)]
    [InlineData("bearer_token_file=/etc/t", ExporterAuthenticator.Bearer)]
    [InlineData("oauth2_client_id=a,oauth2_client_secret=b,oauth2_token_url=https://id/token", ExporterAuthenticator.OAuth2ClientCredentials)]
    [InlineData("aws_access_key_id=a,aws_secret_access_key=b,aws_region=r,aws_service=s", ExporterAuthenticator.AwsSigV4)]
    [InlineData("custom_headers=authorization=mine", null)]
    public void Validate_WithOneWaysCredentials_ChoosesIt(string settings, ExporterAuthenticator? expected)
    {
        var options = Read(settings);

        Assert.Empty(Errors(options));
        Assert.Equal(expected, AuthenticationValidation.Chosen(options.Authentication));
    }

    [Fact]
    public void Display_OfEverySecret_IsMasked()
    {
        var options = Read(
            "basic_auth_password=canary,bearer_token=canary,oauth2_client_secret=canary,oauth2_parameters=a=canary,"
            + "aws_secret_access_key=canary,aws_session_token=canary,proxy_url=http://canary:canary@proxy:3128,custom_headers=x=canary");
        options.Tls.KeyPem = "-----BEGIN PRIVATE KEY----- canary";

        var shown = string.Join('\n', _type.Settings.Select(setting => $"{setting.Name}={setting.Display(options)}"));

        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
        Assert.Contains("proxy_url=http://***@proxy:3128", shown, StringComparison.Ordinal);
        Assert.Contains("oauth2_parameters=a=***", shown, StringComparison.Ordinal);
    }

    private OtlpExporterOptions Read(string settings)
    {
        var options = new OtlpExporterOptions { Endpoint = new("http://localhost:4317") };
        foreach (var item in settings.Split(','))
        {
            var split = item.IndexOf('=', StringComparison.Ordinal);
            Assert.Null(_type.Settings.Single(setting => setting.Name == item[..split]).Apply(options, item[(split + 1)..]));
        }

        return options;
    }

    private List<string> Errors(OtlpExporterOptions options)
    {
        var errors = new CollectedErrors();
        _type.Validate(options, [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs], errors);
        return errors.All;
    }
}
