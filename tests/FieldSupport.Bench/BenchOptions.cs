using System.Globalization;

namespace FieldSupport.Bench;

internal enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

internal sealed record BenchOptions(string Verb, int Size, DatabaseProvider Provider, int Rounds)
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/FieldSupport.Bench -- VERB [--size N] [--provider sqlite|postgres] [--rounds N]

          due       the query that finds which deliveries are due a look
          sweep     one whole sweep over the open deliveries
          webhook   a carrier's event, from the request to the stored row
          import    a file, from its text to the committed rows
          pages     Today, the list of deliveries and a shipment, signed in, as whole pages
          mixed     the list of deliveries while sweeps run and 500 events a second come in (100000 deliveries at most)
          all       all of these
          statements what a sweep sends to the database, and how long each statement and its reading took
          self      the ruler measured with itself: floor and ours are the same work, the ratio must come out near 1

          --size      rows in the measured database (10000): open deliveries, and messages or scans stored; the goals are set for 1000000,
                      where each line also says how it grew from 10000. The import reads a fifth of it, 200000 scans at most
          --provider  sqlite (the default) or postgres
          --rounds    measured pairs of floor and ours (15)

        Every line compares our code with its floor (the least work that could give the same answer) in the same process,
        turn by turn; the number is the median of the rounds' ratios, so another machine gives about the same one.
        """;

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0].StartsWith('-'))
        {
            throw new FormatException("A verb is missing.");
        }

        var options = new BenchOptions(arguments[0], 10_000, DatabaseProvider.Sqlite, 15);
        for (var i = 1; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--size" => options with { Size = Positive(arguments[i], value) },
                "--rounds" => options with { Rounds = Positive(arguments[i], value) },
                "--provider" => options with
                {
                    Provider = value switch
                    {
                        "sqlite" => DatabaseProvider.Sqlite,
                        "postgres" => DatabaseProvider.Postgres,
                        _ => throw new FormatException($"--provider is sqlite or postgres, not '{value}'."),
                    },
                },
                _ => throw new FormatException($"Unknown option '{arguments[i]}'."),
            };
        }

        return options;
    }

    private static int Positive(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{option} is a whole number above 0, not '{value}'.");
}
